import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { newTenant } from './new-tenant.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud?.stop())

const wanted = {
  addLicenses: [{ skuId: '84a661c4-e949-4bd2-a560-ed7766fcaf2b', disabledPlans: [] }],
  removeLicenses: [],
}

test('MAU-8: licences are refused by name inside an identity tenant, and elsewhere as not kept', async () => {
  const identity = await newTenant(cloud, 'customers', 'identity')
  const workforce = await newTenant(cloud, 'staff')
  for (const [tenant, code] of [
    [identity, 'LicensesNotSupportedInIdentityTenant'],
    [workforce, 'LicensesNotSupported'],
  ] as const) {
    const user = await tenant.newUser('anna')
    const refused = await tenant.administrator.post(`/v1.0/users/${user.id}/assignLicense`, wanted)
    expect(refused).toMatchObject({ status: 400, body: { error: { code } } })
    expect((await user.client.post(`/v1.0/users/${user.id}/assignLicense`, wanted)).status).toBe(403)
    expect((await cloud.as(undefined).post(`/v1.0/users/${user.id}/assignLicense`, wanted)).status).toBe(401)
  }
  const foreign = await workforce.administrator.post(`/v1.0/users/${identity.administratorId}/assignLicense`, wanted)
  expect(foreign.status).toBe(404)
})
