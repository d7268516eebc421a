import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { IdentityCloud, linkPath, type Person, type TestTenant, version } from './identity-cloud.ts'

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
let owner: Person
let subscriptionId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  world = new IdentityCloud(cloud)
  const workforce = await world.workforce('contoso')
  contoso = workforce.tenant
  owner = await world.user(workforce.administrator, 'owner', contoso)
  subscriptionId = await world.subscription(contoso, owner)
})
afterAll(() => cloud?.stop())

test('MAU-2: making the link resource makes the link, and deleting it removes the link', async () => {
  const tenant = await world.identity(owner)
  const path = `${linkPath(subscriptionId, tenant.domain)}?${version}`
  const made = await owner.client.put(path, {
    location: 'Europe',
    sku: { name: 'Standard', tier: 'A0' },
    properties: {},
  })
  expect(made).toMatchObject({
    status: 201,
    body: {
      id: linkPath(subscriptionId, tenant.domain),
      name: tenant.domain,
      type: 'Microsoft.AzureActiveDirectory/b2cDirectories',
      location: 'Europe',
      properties: {
        tenantId: tenant.id,
        billingConfig: { billingType: 'Auths', effectiveStartDateUtc: '2019-10-01T00:00:00.000Z' },
      },
    },
  })
  const removed = await owner.client.delete(path)
  expect(removed.status).toBe(200)
  expect((await owner.client.get(path)).body.error.code).toBe('ResourceNotFound')
  expect((await owner.client.delete(path)).status).toBe(204)
})
