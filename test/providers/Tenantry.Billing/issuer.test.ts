import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { ours } from './billing-world.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
})
afterAll(() => cloud?.stop())

const path = `/providers/Tenantry.Billing/issuer?${ours}`
const seller = {
  legalName: 'Nordic Cloud Works AB',
  address: { addressLine1: 'Storgatan 1', postalCode: '111 22', city: 'Stockholm', country: 'SE' },
  taxId: 'SE556677889901',
  bankDetails: { iban: 'SE3550000000054910000003', bic: 'ESSESESS' },
  paymentTermsDays: 20,
  taxRates: [{ country: 'SE', rate: '25', reverseCharge: false }],
}

test('BIL-24: the seller is data with versions; the same again is no new one', async () => {
  expect((await cloud.operator.get(path)).status).toBe(404)
  const first = await cloud.operator.put(path, { properties: seller })
  expect(first).toMatchObject({ status: 201, body: { properties: { ...seller, version: 1 } } })
  expect(await cloud.operator.put(path, { properties: seller })).toMatchObject({
    status: 200,
    body: { properties: { version: 1 } },
  })
  const changed = await cloud.operator.put(path, { properties: { ...seller, legalName: 'Nordic Cloud Works II AB' } })
  expect(changed).toMatchObject({ status: 200, body: { properties: { version: 2 } } })
  expect((await cloud.operator.get(path)).body).toEqual(changed.body)
})

test('BIL-24: a tax rate that is no percentage, and two rates of one country, are refused with their names', async () => {
  for (const taxRates of [
    [{ country: 'SE', rate: 'much' }],
    [
      { country: 'SE', rate: '25' },
      { country: 'se', rate: '12' },
    ],
  ]) {
    const reply = await cloud.operator.put(path, { properties: { ...seller, taxRates } })
    expect(reply.status).toBe(400)
    expect(reply.body.error.details[0].target).toContain('properties.taxRates')
  }
})
