import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  IdentityCloud,
  linkPath,
  type Person,
  signIn,
  type TestTenant,
  version,
} from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
let owner: Person
let subscriptionId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-02-01T00:00:00Z' })
  world = new IdentityCloud(cloud)
  const workforce = await world.workforce('contoso')
  contoso = workforce.tenant
  owner = await world.user(workforce.administrator, 'owner', contoso)
  subscriptionId = await world.subscription(contoso, owner)
})
afterAll(() => cloud?.stop())

const importPath = (name: string): string => `/providers/Tenantry.Metering/legacyLinks/${name}?api-version=2026-11-01`
const wanted = (properties: Record<string, unknown> = {}) => ({
  properties: { subscriptionId, resourceGroup: 'identity', linkedAt: '2018-05-01T00:00:00Z', ...properties },
})

test('MAU-35: an imported link has its true date and with it the model of that date, and is a link like any other', async () => {
  const tenant = await world.identity(owner)
  const reporter = await world.reporter(tenant.inside)
  await signIn(reporter, tenant.id, ['before-the-import'], '2026-01-31T00:00:00Z')
  const imported = await cloud.operator.put(importPath(tenant.domain), wanted())
  expect(imported).toMatchObject({
    status: 201,
    body: {
      properties: {
        tenantId: tenant.id,
        linkedAt: '2018-05-01T00:00:00.000Z',
        billingType: 'Auths',
        effectiveStartDateUtc: '2018-05-01T00:00:00.000Z',
        linkId: linkPath(subscriptionId, tenant.domain),
      },
    },
  })
  const again = await cloud.operator.put(importPath(tenant.domain), wanted())
  expect(again).toMatchObject({ status: 200, body: imported.body })
  const link = await owner.client.get(`${linkPath(subscriptionId, tenant.domain)}?${version}`)
  expect(link.body.properties.billingConfig.billingType).toBe('Auths')
  await signIn(reporter, tenant.id, ['late'], '2026-01-31T12:00:00Z')
  await signIn(reporter, tenant.id, ['anna', 'anna'], '2026-02-01T00:00:00Z')
  const monthOf = async (period: string) =>
    (
      await owner.client.get(
        `${linkPath(subscriptionId, tenant.domain)}/providers/Tenantry.Metering/monthlyActiveUsers/${period}?api-version=2026-11-01`,
      )
    ).body.properties
  // DEC-10: what was reported before the import stays unbilled; what is reported after it finds the link of its time.
  expect(await monthOf('2026-01')).toMatchObject({ authentications: 1, monthlyActiveUsers: 0 })
  expect(await monthOf('2026-02')).toMatchObject({ authentications: 2, monthlyActiveUsers: 0 })
  const changed = await owner.client.patch(`${linkPath(subscriptionId, tenant.domain)}?${version}`, {
    properties: { billingConfig: { billingType: 'MAU' } },
  })
  expect(changed.body.properties.billingConfig).toEqual({
    billingType: 'MAU',
    effectiveStartDateUtc: '2026-02-01T00:00:00.000Z',
  })
})

test('MAU-35, MAU-11: a link from the date on is billed by active users, and one that had been changed keeps the instant', async () => {
  const [younger, changed] = [await world.identity(owner), await world.identity(owner)]
  const onTheDate = wanted({ linkedAt: '2019-11-01T00:00:00Z' })
  expect(
    (
      await cloud.operator.put(
        importPath(younger.domain),
        wanted({ linkedAt: '2019-11-01T00:00:00Z', billingType: 'Auths' }),
      )
    ).body.error.code,
  ).toBe('BillingModelNotAvailable')
  expect((await cloud.operator.put(importPath(younger.domain), onTheDate)).body.properties.billingType).toBe('MAU')
  const upgraded = await cloud.operator.put(
    importPath(changed.domain),
    wanted({ billingType: 'MAU', mauSince: '2020-06-15T10:00:00Z' }),
  )
  expect(upgraded.body.properties).toMatchObject({
    billingType: 'MAU',
    linkedAt: '2018-05-01T00:00:00.000Z',
    effectiveStartDateUtc: '2020-06-15T10:00:00.000Z',
  })
  const back = await owner.client.patch(`${linkPath(subscriptionId, changed.domain)}?${version}`, {
    properties: { billingConfig: { billingType: 'Auths' } },
  })
  expect(back.body.error.message).toContain('2020-06-15T10:00:00.000Z')
})

test('MAU-35: what cannot have been is refused by name', async () => {
  const tenant = await world.identity(owner)
  const refused = async (name: string, properties: Record<string, unknown>) =>
    (await cloud.operator.put(importPath(name), wanted(properties))).body.error.code
  expect(await refused(tenant.domain, { linkedAt: '2030-01-01T00:00:00Z' })).toBe('LegacyLinkInTheFuture')
  expect(await refused(tenant.domain, { mauSince: '2017-01-01T00:00:00Z' })).toBe('LegacyLinkChangeOutOfOrder')
  expect(await refused(tenant.domain, { billingType: 'MAU' })).toBe('LegacyLinkChangeOutOfOrder')
  expect(await refused(tenant.domain, { billingType: 'Auths', mauSince: '2020-01-01T00:00:00Z' })).toBe(
    'BillingModelNotAvailable',
  )
  expect(await refused(tenant.domain, { resourceGroup: 'absent' })).toBe('ResourceGroupNotFound')
  expect(await refused('nobody.onmicrosoft.com', {})).toBe('TenantNotFound')
  expect(await refused(contoso.domain, {})).toBe('TenantNotAnIdentityTenant')
  expect(await refused(tenant.domain, { tenantId: contoso.id })).toBe('TenantNotAnIdentityTenant')
  await cloud.operator.put(importPath(tenant.domain), wanted())
  expect(await refused(tenant.domain, { linkedAt: '2017-05-01T00:00:00Z' })).toBe('IdentityTenantAlreadyLinked')
  await owner.client.delete(`${linkPath(subscriptionId, tenant.domain)}?${version}`)
  expect(await refused(tenant.domain, {})).toBe('LegacyLinkOverlaps')
})

test('MAU-35: only the operator imports', async () => {
  const tenant = await world.identity(owner)
  for (const client of [owner.client, tenant.inside.client])
    expect(await client.put(importPath(tenant.domain), wanted())).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    })
  expect((await cloud.as(undefined).put(importPath(tenant.domain), wanted())).status).toBe(401)
})
