import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { password } from '../graph/new-tenant.ts'
import { BillingWorld, expectSuccess, type LinkedTenant, ours } from '../Tenantry.Billing/billing-world.ts'
import { newBrowser } from './browser.ts'
import { codeFor, type NewApplication, newApplication, redeem, withCode, withRefreshToken } from './sign-in-fixture.ts'

let cloud: TestCloud
let world: BillingWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-10T08:00:00Z' })
  world = new BillingWorld(cloud)
})
afterAll(() => cloud.stop())

const scope = 'openid profile offline_access'

async function shop(): Promise<{ tenant: LinkedTenant; application: NewApplication }> {
  const customer = await world.customer()
  const tenant = await world.linkedTenant(customer, await world.subscription(customer))
  return { tenant, application: await newApplication({ administrator: tenant.inside.client }) }
}

async function consumer(tenant: LinkedTenant, name: string): Promise<string> {
  const address = `${name}@example.com`
  expectSuccess(
    await tenant.inside.client.post('/v1.0/users', {
      accountEnabled: true,
      displayName: name,
      identities: [{ signInType: 'emailAddress', issuer: tenant.domain, issuerAssignedId: address }],
      passwordProfile: { password, forceChangePasswordNextSignIn: false },
    }),
  )
  return address
}

/** Signs a consumer in to the application of their tenant. */
async function signIn(tenant: LinkedTenant, { appId }: NewApplication, address: string) {
  const browser = newBrowser(cloud)
  await browser.signIn(address, password, '/account', tenant.id)
  const code = await codeFor(browser, tenant.id, appId, { scope })
  return redeem(cloud, tenant.id, withCode(appId, code, { scope }))
}

async function monthOf(tenant: LinkedTenant) {
  const path = `/providers/Tenantry.Metering/tenants/${tenant.id}/monthlyActiveUsers/2026-03?${ours}`
  return expectSuccess(await cloud.operator.get(path)).body.properties
}

const kindsOf = async (tenant: LinkedTenant): Promise<unknown[]> => {
  const listed = await cloud.operator.get(
    `/providers/Tenantry.Metering/reportedEvents?${ours}&from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z`,
  )
  expect(listed.status, JSON.stringify(listed.body)).toBe(200)
  return listed.body.value
    .filter((event: { identityTenantId: string }) => event.identityTenantId === tenant.id)
    .map((event: { kind: string }) => event.kind)
    .sort()
}

test('MAU-34, MAU-15: the code exchange and each refresh are authentications of an identity tenant; one user is active once', async () => {
  const { tenant, application } = await shop()
  const anna = await consumer(tenant, 'anna')
  const first = await signIn(tenant, application, anna)
  expect(first.status, JSON.stringify(first.body)).toBe(200)
  const refreshed = await redeem(cloud, tenant.id, withRefreshToken(application.appId, first.body.refresh_token))
  expect(refreshed.status).toBe(200)
  expect(await kindsOf(tenant)).toEqual(['codeExchange', 'tokenRefresh'])
  expect(await monthOf(tenant)).toMatchObject({ authentications: 0, monthlyActiveUsers: 1 })
  await signIn(tenant, application, await consumer(tenant, 'bert'))
  expect(await monthOf(tenant)).toMatchObject({ monthlyActiveUsers: 2 })
})

test('MAU-34: what is refused issues no token and is metered nowhere, nor is a sign-in in a workforce tenant', async () => {
  const { tenant, application } = await shop()
  const carl = await consumer(tenant, 'carl')
  const wrong = newBrowser(cloud)
  await wrong.signIn(carl, 'not the password', '/account', tenant.id)
  const signedIn = await signIn(tenant, application, carl)
  const used = signedIn.body.refresh_token as string
  expect((await redeem(cloud, tenant.id, withRefreshToken(application.appId, used))).status).toBe(200)
  // The same token again ends the family, and is no authentication.
  expect((await redeem(cloud, tenant.id, withRefreshToken(application.appId, used))).status).toBe(400)
  expect(await kindsOf(tenant)).toEqual(['codeExchange', 'tokenRefresh'])

  const before = await cloud.running.pool.query('select count(*) from usage_event')
  const { owner } = await world.customer()
  const browser = newBrowser(cloud)
  const member = await owner.client.post('/v1.0/users', {
    accountEnabled: true,
    displayName: 'Mia',
    mailNickname: 'mia',
    userPrincipalName: `mia@${owner.userPrincipalName.split('@')[1]}`,
    passwordProfile: { password, forceChangePasswordNextSignIn: false },
  })
  const work = await newApplication({ administrator: owner.client })
  await browser.signIn(member.body.userPrincipalName, password)
  const code = await codeFor(browser, owner.tenantId, work.appId, { scope })
  expect((await redeem(cloud, owner.tenantId, withCode(work.appId, code, { scope }))).status).toBe(200)
  expect((await cloud.running.pool.query('select count(*) from usage_event')).rows).toEqual(before.rows)
})
