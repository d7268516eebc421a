import { DeviceCodeCredential } from '@azure/identity'
import { CryptoProvider, ConfidentialClientApplication, PublicClientApplication } from '@azure/msal-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { newBrowser } from './browser.ts'
import { claimsOf, newApplication, newGuest, redirectUri, webRedirectUri } from './sign-in-fixture.ts'

let cloud: TestCloud
let tenant: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  tenant = await newTenant(cloud, 'clients')
})
afterAll(() => cloud.stop())

const commandLine = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

function msalConfiguration(authority: string, clientId: string, clientSecret?: string) {
  return {
    auth: {
      clientId,
      authority: `${cloud.baseUrl}/${authority}`,
      knownAuthorities: [new URL(cloud.baseUrl).host],
      ...(clientSecret === undefined ? {} : { clientSecret }),
    },
  }
}

async function letDeviceIn(userName: string, uri: string, userCode: string): Promise<void> {
  const browser = newBrowser(cloud)
  const { pathname } = new URL(uri)
  const toSignIn = await browser.open(pathname)
  expect(toSignIn.status).toBe(303)
  await browser.signIn(userName, password, '/devicelogin')
  const asked = await browser.submit(pathname, { user_code: userCode.toLowerCase() })
  expect(asked.status).toBe(200)
  expect(asked.body).toContain(userName)
  const done = await browser.submit('/devicelogin/answer', { user_code: userCode, answer: 'allow' })
  expect(done.body).toContain('The device is signed in')
}

test('D8: DeviceCodeCredential of @azure/identity signs a person in, unchanged, with the client that every tenant knows', async () => {
  const { id } = await tenant.newUser('device')
  const userName = `device@${tenant.domain}`
  const shown: string[] = []
  const credential = new DeviceCodeCredential({
    tenantId: tenant.id,
    authorityHost: cloud.baseUrl,
    disableInstanceDiscovery: true,
    userPromptCallback: (info) => {
      shown.push(info.message)
      expect(info.message).toContain(info.userCode)
      void letDeviceIn(userName, info.verificationUri, info.userCode)
    },
  })
  const token = await credential.getToken(`${cloud.baseUrl}/.default`)
  expect(shown).toHaveLength(1)
  expect(claimsOf(token.token)).toMatchObject({ tid: tenant.id, oid: id, appid: commandLine, aud: cloud.baseUrl })
  expect((await cloud.as(token.token).get('/v1.0/me')).body).toMatchObject({ id, userPrincipalName: userName })
  // For another resource it uses the refresh token and asks nobody.
  const graph = await credential.getToken('https://graph.microsoft.com/.default')
  expect(claimsOf(graph.token).aud).toBe('https://graph.microsoft.com')
  expect(shown).toHaveLength(1)
}, 60_000)

test('D8: without a tenant DeviceCodeCredential signs in at home, wherever that is', async () => {
  const { id } = await tenant.newUser('homeward')
  const credential = new DeviceCodeCredential({
    authorityHost: cloud.baseUrl,
    disableInstanceDiscovery: true,
    userPromptCallback: (info) => void letDeviceIn(`homeward@${tenant.domain}`, info.verificationUri, info.userCode),
  })
  const token = await credential.getToken(`${cloud.baseUrl}/.default`)
  expect(claimsOf(token.token)).toMatchObject({ tid: tenant.id, oid: id })
}, 60_000)

test('D8: msal-node signs in with an authorization code and PKCE, refreshes, and switches the directory without a password', async () => {
  const other = await newTenant(cloud, 'elsewhere')
  const guest = await newGuest(cloud, tenant, other, 'traveller')
  const application = await newApplication(tenant)
  await other.administrator.post('/v1.0/servicePrincipals', { appId: application.appId })
  const client = new PublicClientApplication(msalConfiguration(tenant.id, application.appId))
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  // RFC 8252: the port is whichever was free.
  const loopback = redirectUri.replace('localhost', 'localhost:53124')
  const scopes = ['https://management.azure.com/.default']
  const url = new URL(
    await client.getAuthCodeUrl({
      scopes,
      redirectUri: loopback,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      state: 'of the client',
      nonce: 'once',
      loginHint: guest.userName,
    }),
  )
  expect(url.origin).toBe(cloud.baseUrl)
  const browser = newBrowser(cloud)
  const page = await browser.follow(await browser.open(`${url.pathname}${url.search}`))
  expect(page.body).toContain(`value="${guest.userName}"`)
  const returnTo = /name="returnTo" value="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  const answer = await browser.follow(await browser.signIn(guest.userName, password, returnTo))
  const location = new URL(answer.headers.location ?? '')
  expect(`${location.origin}${location.pathname}`).toBe(loopback)
  expect(location.searchParams.get('state')).toBe('of the client')
  const code = location.searchParams.get('code') ?? ''
  const result = await client.acquireTokenByCode(
    { code, codeVerifier: verifier, scopes, redirectUri: loopback },
    { code, nonce: 'once' },
  )
  expect(claimsOf(result.accessToken)).toMatchObject({
    tid: tenant.id,
    oid: guest.homeId,
    acct: 0,
    scp: 'user_impersonation',
  })
  expect(claimsOf(result.idToken)).toMatchObject({
    iss: `${cloud.baseUrl}/${tenant.id}/v2.0`,
    aud: application.appId,
    tid: tenant.id,
    oid: guest.homeId,
    preferred_username: guest.userName,
    name: 'traveller',
    nonce: 'once',
  })
  expect(result.account).toMatchObject({ homeAccountId: `${guest.homeId}.${tenant.id}`, username: guest.userName })
  const account = result.account
  if (!account) throw new Error('no account')
  const refreshed = await client.acquireTokenSilent({ account, scopes, forceRefresh: true })
  expect(refreshed.fromCache).toBe(false)
  expect((await cloud.as(refreshed.accessToken).get('/v1.0/me')).body.id).toBe(guest.homeId)

  // msal-node looks for a token of the account's own tenant first, so it has to be told to ask.
  const there = await client.acquireTokenSilent({
    account,
    scopes,
    authority: `${cloud.baseUrl}/${other.id}`,
    forceRefresh: true,
  })
  expect(claimsOf(there.accessToken)).toMatchObject({
    iss: `${cloud.baseUrl}/${other.id}/v2.0`,
    tid: other.id,
    oid: guest.guestId,
    acct: 1,
    idp: `${cloud.baseUrl}/${tenant.id}/v2.0`,
  })
  expect((await cloud.as(there.accessToken).get('/v1.0/me')).body.id).toBe(guest.guestId)
  // And home again, with the refresh token that took the place of the one before.
  const back = await client.acquireTokenSilent({ account, scopes, forceRefresh: true })
  expect(claimsOf(back.accessToken)).toMatchObject({ tid: tenant.id, oid: guest.homeId })
}, 60_000)

test('D8: msal-node signs people in to a server, which proves itself with its secret', async () => {
  const { id } = await tenant.newUser('served')
  const application = await newApplication(tenant)
  const client = new ConfidentialClientApplication(msalConfiguration(tenant.id, application.appId, application.secret))
  const scopes = ['User.Read']
  const url = new URL(await client.getAuthCodeUrl({ scopes, redirectUri: webRedirectUri }))
  const browser = newBrowser(cloud)
  await browser.signIn(`served@${tenant.domain}`, password)
  const answer = await browser.open(`${url.pathname}${url.search}`)
  const code = new URL(answer.headers.location ?? '').searchParams.get('code') ?? ''
  const result = await client.acquireTokenByCode({ code, scopes, redirectUri: webRedirectUri })
  expect(claimsOf(result.accessToken)).toMatchObject({ oid: id, aud: 'https://graph.microsoft.com' })
  expect((await cloud.as(result.accessToken).get('/v1.0/me')).body.id).toBe(id)
}, 60_000)
