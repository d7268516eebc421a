import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type Reply, type TestCloud } from '../../support/cloud.ts'
import { type SecondIssuer, startSecondIssuer } from '../../support/second-issuer.ts'
import { type NewTenant, newTenant } from '../graph/new-tenant.ts'
import { type Browser, newBrowser } from './browser.ts'
import {
  authorizePath,
  claimsOf,
  codeFor,
  type NewApplication,
  newApplication,
  redeem,
  request,
  withCode,
} from './sign-in-fixture.ts'

const providers = '/v1.0/identity/identityProviders'
const scope = 'openid profile'

let cloud: TestCloud
let issuer: SecondIssuer
let shop: NewTenant
let application: NewApplication
let providerId: string
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-10T08:00:00Z', env: { TENANTRY_PRIVATE_ISSUERS: 'true' } })
  issuer = await startSecondIssuer(`${cloud.baseUrl}/login/callback`)
  shop = await newTenant(cloud, 'outsideshop', 'identity')
  application = await newApplication(shop)
  providerId = await newProvider(shop, { displayName: 'Wood <b>& Grove' })
}, 120_000)
afterAll(async () => {
  await issuer?.stop()
  await cloud?.stop()
})

const registration = (more: Record<string, unknown> = {}) => ({
  '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
  displayName: 'Woodgrove',
  clientId: issuer.clientId,
  clientSecret: issuer.clientSecret,
  metadataUrl: issuer.metadataUrl,
  ...more,
})

async function newProvider(tenant: NewTenant, more: Record<string, unknown> = {}): Promise<string> {
  const reply = await tenant.administrator.post(providers, registration(more))
  expect(reply.status, JSON.stringify(reply.body)).toBe(201)
  return reply.body.id
}

async function newConsumer(subject: string, more: Record<string, unknown> = {}): Promise<string> {
  const reply = await shop.administrator.post('/v1.0/users', {
    accountEnabled: true,
    displayName: subject,
    identities: [{ signInType: 'federated', issuer: issuer.issuer, issuerAssignedId: subject }],
    ...more,
  })
  expect(reply.status, JSON.stringify(reply.body)).toBe(201)
  return reply.body.id
}

const asked = () => authorizePath(shop.id, request(application.appId, { scope }))

/** From the application to the page of the provider, as the links lead. */
async function begin(browser: Browser, path = asked(), id = providerId): Promise<string> {
  const page = await browser.follow(await browser.open(path))
  expect(page.status).toBe(200)
  const link = new RegExp(`href="(/login/outside\\?provider=${id}[^"]*)"`).exec(page.body as string)?.[1]
  if (link === undefined) throw new Error(`no link to the provider: ${page.body}`)
  const begun = await browser.open(link.replaceAll('&#38;', '&'))
  expect(begun.status, begun.body).toBe(303)
  return begun.headers.location ?? ''
}

const back = (browser: Browser, address: string): Promise<Reply> => {
  const url = new URL(address)
  expect(`${url.origin}${url.pathname}`).toBe(`${cloud.baseUrl}/login/callback`)
  return browser.open(`${url.pathname}${url.search}`)
}

const signIn = async (browser: Browser, subject: string): Promise<Reply> =>
  back(browser, await issuer.signIn(await begin(browser), subject))

async function expectRefused(reply: Reply, status: number, text: string, browser: Browser): Promise<void> {
  expect(reply.status, reply.body).toBe(status)
  expect(reply.body).toContain(text)
  expect(browser.cookies.has('__Host-tenantry-sign-in')).toBe(false)
}

const usersOfShop = async (): Promise<{ id: string; displayName: string; mail: string | null }[]> =>
  (await shop.administrator.get('/v1.0/users?$top=999')).body.value

test('D8, TEN-9, MAU-15: a consumer signs in at an outside issuer and the application gets a token of the tenant', async () => {
  const id = await newConsumer('Anna-1')
  const browser = newBrowser(cloud)
  const page = await browser.follow(await browser.open(asked()))
  expect(page.body).toContain('Wood &#60;b&#62;&#38; Grove')
  const reply = await signIn(browser, 'Anna-1')
  expect(reply.status, reply.body).toBe(303)
  const code = await codeFor(browser, shop.id, application.appId, { scope })
  const tokens = await redeem(cloud, shop.id, withCode(application.appId, code, { scope }))
  expect(tokens.status, JSON.stringify(tokens.body)).toBe(200)
  expect(claimsOf(tokens.body.access_token)).toMatchObject({ tid: shop.id, oid: id, aud: application.appId })
  for (const path of ['/v1.0/users', '/subscriptions?api-version=2022-12-01'])
    expect((await cloud.as(tokens.body.access_token).get(path)).status).toBe(401)
  const events = await cloud.operator.get(
    '/providers/Tenantry.Metering/reportedEvents?api-version=2026-11-01&from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z',
  )
  expect(events.body.value.filter((event: { subject: string }) => event.subject === id)).toHaveLength(1)
})

test('S12: what goes to the issuer is bound by state, nonce and PKCE, and the database keeps none of them', async () => {
  const address = new URL(await begin(newBrowser(cloud)))
  expect(address.origin).toBe(issuer.issuer)
  const sent = Object.fromEntries(address.searchParams)
  expect(sent).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${cloud.baseUrl}/login/callback`,
  })
  for (const name of ['state', 'nonce', 'code_challenge']) expect(sent[name]).toMatch(/^[\w-]{43}$/)
  const { rows } = await cloud.running.pool.query('select * from outside_sign_in')
  const kept = JSON.stringify(rows)
  for (const name of ['state', 'nonce', 'code_challenge']) expect(kept).not.toContain(sent[name])
})

test('S12: an answer works once, in the browser that began, within ten minutes, and with its own state', async () => {
  await newConsumer('Bert-1')
  const browser = newBrowser(cloud)
  const answer = await issuer.signIn(await begin(browser), 'Bert-1')
  const other = newBrowser(cloud)
  await expectRefused(await back(other, answer), 400, 'belongs to no sign-in', other)
  await begin(other)
  await expectRefused(await back(other, answer), 400, 'belongs to no sign-in', other)
  const wrong = new URL(answer)
  wrong.searchParams.set('state', 'A'.repeat(43))
  await expectRefused(await back(browser, wrong.href), 400, 'belongs to no sign-in', browser)
  wrong.searchParams.delete('state')
  await expectRefused(await back(browser, wrong.href), 400, 'belongs to no sign-in', browser)
  expect((await back(browser, answer)).status).toBe(303)
  expect((await back(browser, answer)).status).toBe(400)
  const late = newBrowser(cloud)
  const lateAnswer = await issuer.signIn(await begin(late), 'Bert-1')
  await cloud.running.pool.query(`update outside_sign_in set expires_at = expires_at - interval '10 minutes'`)
  await expectRefused(await back(late, lateAnswer), 400, 'longer than ten minutes', late)
})

test('S12: an answer with another nonce, of another key or with the code of another sign-in proves nothing', async () => {
  await newConsumer('Carl-1')
  const browser = newBrowser(cloud)
  const address = new URL(await begin(browser))
  address.searchParams.set('nonce', 'another')
  await expectRefused(await back(browser, await issuer.signIn(address.href, 'Carl-1')), 502, 'does not prove', browser)
  issuer.publishOtherKeys(true)
  try {
    await expectRefused(await signIn(browser, 'Carl-1'), 502, 'does not prove', browser)
  } finally {
    issuer.publishOtherKeys(false)
  }
  const stolen = new URL(await issuer.signIn(await begin(newBrowser(cloud)), 'Carl-1')).searchParams.get('code') ?? ''
  const own = new URL(await issuer.signIn(await begin(browser), 'Carl-1'))
  own.searchParams.set('code', stolen)
  await expectRefused(await back(browser, own.href), 502, 'does not prove', browser)
  expect((await signIn(browser, 'Carl-1')).status).toBe(303)
})

test('TEN-9: nobody is let in by address or by a subject that differs in case, and no stranger without sign-up', async () => {
  await newConsumer('Dora-1', { mail: 'dora@example.com' })
  issuer.accounts.set('Stranger-1', { email: 'dora@example.com', email_verified: true })
  const browser = newBrowser(cloud)
  await expectRefused(await signIn(browser, 'Stranger-1'), 403, 'nobody in this directory', browser)
  await expectRefused(await signIn(browser, 'dora-1'), 403, 'upper and lower case', browser)
  const before = await usersOfShop()
  expect(before.filter(({ mail }) => mail === 'dora@example.com')).toHaveLength(1)
})

test('TEN-9: where the provider allows it a stranger signs up as a consumer, once; only a verified address is kept', async () => {
  const tenant = await newTenant(cloud, 'outsidesignup', 'identity')
  const ledger = await newApplication(tenant)
  const id = await newProvider(tenant, { isSignUpAllowed: true })
  const path = authorizePath(tenant.id, request(ledger.appId, { scope }))
  issuer.accounts.set('Emma-1', { email: 'emma@example.com', email_verified: true, name: 'Emma <Ek>' })
  issuer.accounts.set('Fred-1', { email: 'fred@example.com', name: 'Fred' })
  for (const subject of ['Emma-1', 'Emma-1', 'Fred-1']) {
    const browser = newBrowser(cloud)
    const reply = await back(browser, await issuer.signIn(await begin(browser, path, id), subject))
    expect(reply.status, reply.body).toBe(303)
    const code = await codeFor(browser, tenant.id, ledger.appId, { scope })
    expect((await redeem(cloud, tenant.id, withCode(ledger.appId, code, { scope }))).status).toBe(200)
  }
  const users = (await tenant.administrator.get('/v1.0/users?$select=id,displayName,mail,identities')).body.value
  const made = users.filter((user: { identities: unknown[] }) => JSON.stringify(user.identities).includes('federated'))
  expect(made).toHaveLength(2)
  expect(made).toContainEqual(
    expect.objectContaining({
      displayName: 'Emma <Ek>',
      mail: 'emma@example.com',
      identities: expect.arrayContaining([
        { signInType: 'federated', issuer: issuer.issuer, issuerAssignedId: 'Emma-1' },
      ]),
    }),
  )
  expect(made).toContainEqual(expect.objectContaining({ displayName: 'Fred', mail: null }))
  const { rows } = await cloud.running.pool.query(
    `select principal_id, scope from audit_record where tenant_id = $1 and action = 'users/signUp'`,
    [tenant.id],
  )
  expect(rows).toHaveLength(2)
  for (const row of rows) expect(row.scope).toBe(`/tenants/${tenant.id}/users/${row.principal_id}`)
})

test('TEN-9: who signs up in two browsers at the same moment has one account and is signed in in both', async () => {
  const tenant = await newTenant(cloud, 'outsidetwice', 'identity')
  const ledger = await newApplication(tenant)
  const id = await newProvider(tenant, { isSignUpAllowed: true })
  const path = authorizePath(tenant.id, request(ledger.appId, { scope }))
  const browsers = [newBrowser(cloud), newBrowser(cloud), newBrowser(cloud)]
  const answers = await Promise.all(
    browsers.map(async (browser) => issuer.signIn(await begin(browser, path, id), 'Hedda-1')),
  )
  const replies = await Promise.all(browsers.map((browser, index) => back(browser, answers[index] ?? '')))
  expect(replies.map(({ status }) => status)).toEqual([303, 303, 303])
  const users = (await tenant.administrator.get('/v1.0/users?$select=id,identities')).body.value
  expect(
    users.filter((user: { identities: unknown[] }) => JSON.stringify(user.identities).includes('Hedda-1')),
  ).toHaveLength(1)
})

test('TEN-14: an invited guest who is pending gets in by no provider, also with the invited address', async () => {
  const host = await newTenant(cloud, 'outsidehost')
  const id = await newProvider(host)
  const invited = await host.administrator.post('/v1.0/invitations', {
    invitedUserEmailAddress: 'ivar@elsewhere.example',
    inviteRedirectUrl: 'https://example.com/',
  })
  expect(invited.status, JSON.stringify(invited.body)).toBe(201)
  issuer.accounts.set('Ivar-1', { email: 'ivar@elsewhere.example', email_verified: true })
  const browser = newBrowser(cloud)
  const reply = await back(browser, await issuer.signIn(await begin(browser, `/login?tenant=${host.id}`, id), 'Ivar-1'))
  await expectRefused(reply, 403, 'nobody in this directory', browser)
  const guest = await host.administrator.get(`/v1.0/users/${invited.body.invitedUser.id}?$select=id,externalUserState`)
  expect(guest.body.externalUserState).toBe('PendingAcceptance')
})

test('TEN-9: a disabled consumer stays out, and a provider that is deleted lets nobody in any more', async () => {
  const id = await newConsumer('Gina-1')
  const browser = newBrowser(cloud)
  expect((await shop.administrator.patch(`/v1.0/users/${id}`, { accountEnabled: false })).status).toBe(204)
  await expectRefused(await signIn(browser, 'Gina-1'), 403, 'disabled', browser)
  expect((await shop.administrator.patch(`/v1.0/users/${id}`, { accountEnabled: true })).status).toBe(204)
  const tenant = await newTenant(cloud, 'outsideended', 'identity')
  const ledger = await newApplication(tenant)
  const ended = await newProvider(tenant, { isSignUpAllowed: true })
  const answer = await issuer.signIn(
    await begin(browser, authorizePath(tenant.id, request(ledger.appId, { scope })), ended),
    'Gina-1',
  )
  expect((await tenant.administrator.delete(`${providers}/${ended}`)).status).toBe(204)
  await expectRefused(await back(browser, answer), 400, 'belongs to no sign-in', browser)
  const page = await browser.open(`/login/outside?provider=${ended}`)
  await expectRefused(page, 400, 'any more', browser)
})

test('D8: who says no at the provider comes to a page that shows nothing of what the provider wrote', async () => {
  const browser = newBrowser(cloud)
  const answer = new URL(await issuer.refuse(await begin(browser)))
  answer.searchParams.set('error_description', '<script>the provider</script>')
  const reply = await back(browser, answer.href)
  await expectRefused(reply, 403, 'did not sign you in', browser)
  expect(reply.body).not.toContain('the provider</script>')
  expect(reply.body).toContain('/login?')
})

test('D8: a provider that is down, or whose metadata is of another issuer, leads to a page and to nobody else', async () => {
  const gone = await startSecondIssuer(`${cloud.baseUrl}/login/callback`)
  const tenant = await newTenant(cloud, 'outsidedown', 'identity')
  const down = await newProvider(tenant, { metadataUrl: gone.metadataUrl })
  await gone.stop()
  const browser = newBrowser(cloud)
  const reply = await browser.open(`/login/outside?provider=${down}&returnTo=/account`)
  expect(reply.body).toContain('returnTo=%2Faccount')
  await expectRefused(reply, 502, 'does not answer', browser)
  const alias = new URL(issuer.metadataUrl)
  alias.hostname = '127.0.0.1'
  const other = await newProvider(tenant, { metadataUrl: alias.href })
  await expectRefused(await browser.open(`/login/outside?provider=${other}`), 502, 'does not prove', browser)
})

test('S40: without TENANTRY_PRIVATE_ISSUERS the server does not connect to a provider on its own side', async () => {
  const closed = await startTestCloud({ now: '2026-03-10T08:00:00Z' })
  try {
    const tenant = await newTenant(closed, 'outsideprivate', 'identity')
    const id = await newProvider(tenant)
    const browser = newBrowser(closed)
    const reply = await browser.open(`/login/outside?provider=${id}`)
    expect(reply.headers.location).toBeUndefined()
    await expectRefused(reply, 502, 'does not connect to', browser)
  } finally {
    await closed.stop()
  }
}, 60_000)
