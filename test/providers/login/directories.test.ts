import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { newBrowser } from './browser.ts'
import {
  answerIn,
  authorizePath,
  claimsOf,
  codeFor,
  type NewApplication,
  newApplication,
  newGuest,
  redeem,
  request,
  withCode,
  withRefreshToken,
} from './sign-in-fixture.ts'

const commandLine = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const atCommandLine = { redirect_uri: 'http://localhost:8400' }

let cloud: TestCloud
let home: NewTenant
let host: NewTenant
let identity: NewTenant
let application: NewApplication
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  home = await newTenant(cloud, 'fabrikam')
  host = await newTenant(cloud, 'contoso')
  identity = await newTenant(cloud, 'customers', 'identity')
  application = await newApplication(identity)
})
afterAll(() => cloud.stop())

async function signedIn(userName: string, tenant?: string) {
  const browser = newBrowser(cloud)
  const reply = await browser.signIn(userName, password, '/account', tenant)
  expect(reply.status, reply.body).toBe(303)
  return browser
}

const tokensFor = async (browser: ReturnType<typeof newBrowser>, tenant: string) =>
  redeem(
    cloud,
    tenant,
    withCode(commandLine, await codeFor(browser, tenant, commandLine, atCommandLine), atCommandLine),
  )

test('TEN-7: a guest signs in at home and gets a token of the other tenant, with who they are there', async () => {
  const guest = await newGuest(cloud, home, host, 'gunnar')
  const browser = await signedIn(guest.userName)
  const account = await browser.open('/account')
  expect(account.body).toContain(home.id)
  expect(account.body).toContain(host.id)
  expect(account.body.indexOf(home.id)).toBeLessThan(account.body.indexOf(host.id))
  const tokens = await tokensFor(browser, host.id)
  expect(tokens.status).toBe(200)
  expect(claimsOf(tokens.body.access_token)).toMatchObject({
    iss: `${cloud.baseUrl}/${host.id}/v2.0`,
    tid: host.id,
    oid: guest.guestId,
    idp: `${cloud.baseUrl}/${home.id}/v2.0`,
    acct: 1,
  })
  expect(JSON.parse(Buffer.from(tokens.body.client_info, 'base64url').toString())).toEqual({
    uid: guest.homeId,
    utid: home.id,
  })
  expect((await cloud.as(tokens.body.access_token).get('/v1.0/me')).body.id).toBe(guest.guestId)
  const listed = await cloud.as(tokens.body.access_token).get('/tenants?api-version=2022-12-01')
  const ids = (listed.body.value as { tenantId: string }[]).map(({ tenantId }) => tenantId)
  expect(ids.sort()).toEqual([home.id, host.id].sort())
  // The account there has no password of its own, whatever its name.
  const direct = await newBrowser(cloud).signIn(`gunnar_${home.domain}#EXT#@${host.domain}`, password)
  expect(direct.body).toContain('not right')
})

test('TEN-7: the directory is switched by a code or a refresh token, without the password, and to own directories only', async () => {
  const guest = await newGuest(cloud, home, host, 'greta')
  const browser = await signedIn(guest.userName)
  const atHome = await tokensFor(browser, home.id)
  expect(claimsOf(atHome.body.access_token)).toMatchObject({ tid: home.id, oid: guest.homeId, acct: 0 })
  expect(claimsOf(atHome.body.access_token).idp).toBeUndefined()
  const switched = await redeem(cloud, host.id, withRefreshToken(commandLine, atHome.body.refresh_token))
  expect(claimsOf(switched.body.access_token)).toMatchObject({ tid: host.id, oid: guest.guestId })
  const foreign = await newTenant(cloud, 'foreign')
  const refused = await redeem(cloud, foreign.id, withRefreshToken(commandLine, switched.body.refresh_token))
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [50020] } })
  // What is refused has not used the token up.
  expect((await redeem(cloud, home.id, withRefreshToken(commandLine, switched.body.refresh_token))).status).toBe(200)
  const page = await browser.open(authorizePath(foreign.id, request(commandLine, atCommandLine)))
  expect(page.status).toBe(400)
  expect(page.body).toContain('Your account is not in this directory')
  const silent = await browser.open(
    authorizePath(foreign.id, request(commandLine, { ...atCommandLine, prompt: 'none' })),
  )
  expect(answerIn(silent).get('error')).toBe('interaction_required')
})

test('TEN-13: a guest who has not accepted the invitation gets no token of the tenant', async () => {
  const guest = await newGuest(cloud, home, host, 'gottfrid', 'PendingAcceptance')
  const browser = await signedIn(guest.userName)
  expect((await browser.open('/account')).body).not.toContain(host.id)
  const page = await browser.open(authorizePath(host.id, request(commandLine, atCommandLine)))
  expect(page.status).toBe(400)
  expect(page.body).toContain('You have not accepted the invitation')
  const atHome = await tokensFor(browser, home.id)
  const refused = await redeem(cloud, host.id, withRefreshToken(commandLine, atHome.body.refresh_token))
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [50020] } })
})

async function newConsumer(address: string): Promise<string> {
  const reply = await identity.administrator.post('/v1.0/users', {
    accountEnabled: true,
    displayName: address,
    identities: [{ signInType: 'emailAddress', issuer: identity.domain, issuerAssignedId: address }],
    passwordProfile: { password },
  })
  expect(reply.status, JSON.stringify(reply.body)).toBe(201)
  return reply.body.id as string
}

test('TEN-9: a consumer signs in to an application of the identity tenant, with a token for that application alone', async () => {
  const id = await newConsumer('carla@mail.example')
  const openid = { scope: 'openid profile offline_access' }
  const browser = newBrowser(cloud)
  const page = await browser.follow(await browser.open(authorizePath(identity.id, request(application.appId, openid))))
  const field = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  expect(field('tenant')).toBe(identity.id)
  const answer = await browser.follow(
    await browser.signIn('Carla@mail.example', password, field('returnTo'), field('tenant')),
  )
  const tokens = await redeem(
    cloud,
    identity.id,
    withCode(application.appId, answerIn(answer).get('code') ?? '', openid),
  )
  expect(tokens.status).toBe(200)
  expect(claimsOf(tokens.body.id_token)).toMatchObject({ tid: identity.id, oid: id, aud: application.appId })
  expect(claimsOf(tokens.body.access_token).aud).toBe(application.appId)
  expect((await cloud.as(tokens.body.access_token).get('/v1.0/me')).status).toBe(401)
  const again = await redeem(cloud, identity.id, withRefreshToken(application.appId, tokens.body.refresh_token, openid))
  expect(again.status).toBe(200)
  const forUs = await redeem(
    cloud,
    identity.id,
    withRefreshToken(application.appId, again.body.refresh_token, { scope: 'https://management.azure.com/.default' }),
  )
  expect(forUs).toMatchObject({ status: 400, body: { error: 'access_denied', error_codes: [50105] } })
})

test('TEN-9: a consumer gets nothing for our APIs, in no tenant, by no flow, and is nobody on the page of other directories', async () => {
  await newConsumer('cesar@mail.example')
  expect((await newBrowser(cloud).signIn('cesar@mail.example', password)).body).toContain('not right')
  expect((await newBrowser(cloud).signIn('cesar@mail.example', password, '/account', home.id)).body).toContain(
    'not right',
  )
  const browser = await signedIn('cesar@mail.example', identity.id)
  for (const [tenant, clientId, more] of [
    [identity.id, application.appId, {}],
    [identity.id, commandLine, atCommandLine],
    [home.id, commandLine, { ...atCommandLine, scope: 'openid' }],
  ] as const) {
    const page = await browser.open(authorizePath(tenant, request(clientId, more)))
    expect(page.status).toBe(400)
    expect(page.body).toContain('AADSTS50105')
  }
  // The page for an API of ours does not even look for consumers.
  const page = await newBrowser(cloud).open(authorizePath(identity.id, request(application.appId)))
  expect(page.headers.location).not.toContain('&tenant=')
  const device = await cloud
    .as(undefined)
    .post(
      `/${identity.id}/oauth2/v2.0/devicecode`,
      new URLSearchParams({ client_id: commandLine, scope: 'https://management.azure.com/.default' }),
    )
  const refused = await browser.submit('/devicelogin/answer', { user_code: device.body.user_code, answer: 'allow' })
  expect(refused.status).toBe(400)
  expect(refused.body).toContain('AADSTS50105')
})

const revocations: [
  what: string,
  revoke: (guest: { homeId: string; guestId: string }) => Promise<number>,
  inHome: boolean,
][] = [
  [
    'their administrator revokes their sign-ins',
    async ({ homeId }) => (await home.administrator.post(`/v1.0/users/${homeId}/revokeSignInSessions`)).status,
    true,
  ],
  [
    'their password is reset',
    async ({ homeId }) =>
      (await home.administrator.patch(`/v1.0/users/${homeId}`, { passwordProfile: { password: 'a new password' } }))
        .status,
    true,
  ],
  [
    'their account is disabled at home',
    async ({ homeId }) => (await home.administrator.patch(`/v1.0/users/${homeId}`, { accountEnabled: false })).status,
    true,
  ],
  [
    'their account is deleted at home',
    async ({ homeId }) => (await home.administrator.delete(`/v1.0/users/${homeId}`)).status,
    true,
  ],
  [
    'the other tenant revokes its part',
    async ({ guestId }) => (await host.administrator.post(`/v1.0/users/${guestId}/revokeSignInSessions`)).status,
    false,
  ],
  [
    'the other tenant disables the guest',
    async ({ guestId }) => (await host.administrator.patch(`/v1.0/users/${guestId}`, { accountEnabled: false })).status,
    false,
  ],
]

test.each(revocations.map((row, index) => [...row, index] as const))(
  'I-13: once %s, sessions, codes and refresh tokens of a person are worth nothing',
  async (_what, revoke, inHome, index) => {
    const guest = await newGuest(cloud, home, host, `revoked${index}`)
    const browser = await signedIn(guest.userName)
    const tokens = await tokensFor(browser, host.id)
    const code = await codeFor(browser, host.id, commandLine, atCommandLine)
    const atHome = await tokensFor(browser, home.id)
    expect([200, 204]).toContain(await revoke(guest))
    expect((await redeem(cloud, host.id, withCode(commandLine, code, atCommandLine))).status).toBe(400)
    const refused = await redeem(cloud, host.id, withRefreshToken(commandLine, tokens.body.refresh_token))
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const atAuthorize = await browser.open(authorizePath(host.id, request(commandLine, atCommandLine)))
    expect([303, 400]).toContain(atAuthorize.status)
    // What the other tenant decides says nothing about home.
    expect((await browser.open('/account')).status).toBe(inHome ? 303 : 200)
    const home2 = await redeem(cloud, home.id, withRefreshToken(commandLine, atHome.body.refresh_token))
    expect(home2.status).toBe(inHome ? 400 : 200)
  },
)

test('I-13: a person ends all their own sign-ins, an application has none, and others may not without a role', async () => {
  const { id, client } = await home.newUser('own')
  const { client: colleague } = await home.newUser('colleague')
  const browser = await signedIn(`own@${home.domain}`)
  expect((await colleague.post(`/v1.0/users/${id}/revokeSignInSessions`)).status).toBe(403)
  expect((await browser.open('/account')).status).toBe(200)
  expect(await client.post('/v1.0/me/revokeSignInSessions')).toMatchObject({
    status: 200,
    body: { '@odata.context': `${cloud.baseUrl}/v1.0/$metadata#Edm.Boolean`, value: true },
  })
  expect((await browser.open('/account')).status).toBe(303)
  expect((await signedIn(`own@${home.domain}`)).cookies.size).toBe(1)
  expect((await cloud.operator.post('/v1.0/me/revokeSignInSessions')).status).toBe(400)
})
