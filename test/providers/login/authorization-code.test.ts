import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetOldSignIns } from '../../../src/operations/sign-in-session.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { type Browser, newBrowser } from './browser.ts'
import {
  answerIn,
  authorizePath,
  claimsOf,
  codeFor,
  type NewApplication,
  newApplication,
  newStrangeApplication,
  redeem,
  redirectUri,
  request,
  verifier,
  webRedirectUri,
  withCode,
  withRefreshToken,
} from './sign-in-fixture.ts'

let cloud: TestCloud
let tenant: NewTenant
let application: NewApplication
let browser: Browser
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  tenant = await newTenant(cloud, 'codes')
  application = await newApplication(tenant)
  await tenant.newUser('anna')
  browser = newBrowser(cloud)
  await browser.signIn(`anna@${tenant.domain}`, password)
})
afterAll(() => cloud.stop())

const code = (more: Record<string, string | undefined> = {}) => codeFor(browser, tenant.id, application.appId, more)
const exchange = (given: string, more: Record<string, string | undefined> = {}, at = tenant.id) =>
  redeem(cloud, at, withCode(application.appId, given, more))
const refresh = (token: string, more: Record<string, string> = {}) =>
  redeem(cloud, tenant.id, withRefreshToken(application.appId, token, more))

test('S12: a code gives tokens once; the second time it is refused, and what the first gave is revoked', async () => {
  const given = await code()
  const first = await exchange(given)
  expect(first).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } })
  expect(first.headers['cache-control']).toBe('no-store')
  const again = await exchange(given)
  expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [54005] } })
  expect(await refresh(first.body.refresh_token)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_codes: [50173] },
  })
})

test('S12: of many that redeem one code at once a single one gets tokens, and those are revoked', async () => {
  const given = await code()
  const replies = await Promise.all(Array.from({ length: 8 }, () => exchange(given)))
  const won = replies.filter((reply) => reply.status === 200)
  expect(won).toHaveLength(1)
  expect((await refresh(won[0]?.body.refresh_token)).status).toBe(400)
})

test('S12: a code lives for ten minutes', async () => {
  const given = await code()
  const { rows } = await cloud.running.pool.query<{ minutes: string }>(
    `select (extract(epoch from c.expires_at - g.created_at) / 60)::text as minutes
     from authorization_code c join sign_in_grant g on g.id = c.grant_id`,
  )
  for (const { minutes } of rows) expect(Number(minutes)).toBeLessThanOrEqual(10.001)
  await cloud.running.pool.query(`update authorization_code set expires_at = expires_at - interval '10 minutes'`)
  expect(await exchange(given)).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [70008] } })
})

test('S12: only hashes of codes, device codes and refresh tokens are kept', async () => {
  const given = await code()
  const tokens = await exchange(await code())
  const device = await cloud
    .as(undefined)
    .post(
      `/${tenant.id}/oauth2/v2.0/devicecode`,
      new URLSearchParams({ client_id: application.appId, scope: 'openid' }),
    )
  for (const table of ['authorization_code', 'refresh_token', 'device_authorization', 'sign_in_grant']) {
    const { rows } = await cloud.running.pool.query<{ row: string }>(`select t::text as row from ${table} t`)
    for (const secret of [given, tokens.body.refresh_token, device.body.device_code])
      expect(
        rows.filter(({ row }) => row.includes(secret)),
        table,
      ).toEqual([])
  }
})

test('S12: a redirect URI matches to the letter; a loopback one of a public client takes any port, and nothing else differs', async () => {
  const at = (uri: string) => browser.open(authorizePath(tenant.id, request(application.appId, { redirect_uri: uri })))
  for (const uri of [
    'http://localhost/signed-in/',
    'http://localhost/Signed-in',
    'http://localhost/signed-in?x=1',
    'http://localhost/signed-in#x',
    'http://localhost.evil.example/signed-in',
    'http://localhost@evil.example/signed-in',
    'http://127.0.0.1/signed-in',
    'https://localhost/signed-in',
    'http://localhost:99999/signed-in',
    `${webRedirectUri}/`,
    `${webRedirectUri}?next=https://evil.example`,
    webRedirectUri.replace('app', 'evil'),
    webRedirectUri.replace('https', 'http'),
    webRedirectUri.replace('app.example', 'app.example:8443'),
    'https://evil.example/',
    'javascript:alert(1)',
  ]) {
    const reply = await at(uri)
    expect(reply.status, uri).toBe(400)
    expect(reply.headers.location, uri).toBeUndefined()
    expect(reply.body, uri).toContain('AADSTS50011')
  }
  for (const uri of [redirectUri, 'http://localhost:1/signed-in', 'http://localhost:65535/signed-in', webRedirectUri])
    expect((await at(uri)).headers.location, uri).toMatch(`${uri}?code=`)
  const given = await code({ redirect_uri: 'http://localhost:5000/signed-in' })
  expect(await exchange(given, { redirect_uri: 'http://localhost:5001/signed-in' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_codes: [50011] },
  })
})

test('S12: a public client needs PKCE with S256, and the verifier that belongs to it', async () => {
  const errorOf = async (more: Record<string, string | undefined>) =>
    answerIn(await browser.open(authorizePath(tenant.id, request(application.appId, more))))
  for (const [more, number] of [
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'AADSTS9002325'],
    [{ code_challenge_method: 'plain' }, 'AADSTS50147'],
    [{ code_challenge_method: undefined }, 'AADSTS50147'],
    [{ code_challenge: 'too-short' }, 'AADSTS50147'],
  ] as const) {
    const error = await errorOf(more)
    expect(error.get('error')).toBe('invalid_request')
    expect(error.get('error_description')).toContain(number)
    expect(error.get('state')).toBe('the state')
    expect(error.get('code')).toBeNull()
  }
  const given = await code()
  for (const wrong of [undefined, '', 'x'.repeat(43), verifier.slice(0, -1)])
    expect(await exchange(given, { code_verifier: wrong })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [501481] },
    })
  expect((await exchange(given)).status).toBe(200)
  // A verifier for a code that was asked for without a challenge is somebody else's code put in (RFC 9700, 4.8.2).
  const plain = await code({
    redirect_uri: webRedirectUri,
    code_challenge: undefined,
    code_challenge_method: undefined,
  })
  expect(await exchange(plain, { redirect_uri: webRedirectUri, client_secret: application.secret })).toMatchObject({
    status: 400,
    body: { error_codes: [501481] },
  })
})

test('S12: a server proves itself with its secret, in the form or in the header; who has no secret must send none', async () => {
  const ofServer = () => code({ redirect_uri: webRedirectUri })
  const web = { redirect_uri: webRedirectUri }
  expect(await exchange(await ofServer(), web)).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_codes: [7000218] },
  })
  expect(await exchange(await ofServer(), { ...web, client_secret: 'wrong' })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_codes: [7000215] },
  })
  expect(await exchange(await code(), { client_secret: application.secret })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_codes: [700025] },
  })
  const tokens = await exchange(await ofServer(), { ...web, client_secret: application.secret })
  expect(tokens.status).toBe(200)
  const basic = `Basic ${Buffer.from(`${application.appId}:${encodeURIComponent(application.secret)}`).toString('base64')}`
  const { client_id: _, ...withoutId } = withCode(application.appId, await ofServer(), web)
  expect((await redeem(cloud, tenant.id, withoutId, { authorization: basic })).status).toBe(200)
  expect(await refresh(tokens.body.refresh_token)).toMatchObject({ status: 401, body: { error_codes: [7000218] } })
  expect((await refresh(tokens.body.refresh_token, { client_secret: application.secret })).status).toBe(200)
})

test('S12: a code is of one client and one tenant', async () => {
  const other = await newApplication(tenant)
  const elsewhere = await newTenant(cloud, 'codes-elsewhere')
  const given = await code()
  const wrongClient = await redeem(cloud, tenant.id, withCode(other.appId, given))
  expect(wrongClient).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect(await exchange(given, {}, elsewhere.id)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect(await exchange('not-a-code')).toMatchObject({ status: 400, body: { error_codes: [70000] } })
  const tokens = await exchange(given, {}, 'organizations')
  expect(tokens.status).toBe(200)
  const foreign = await redeem(cloud, tenant.id, withRefreshToken(other.appId, tokens.body.refresh_token))
  expect(foreign).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test('S12: a refresh token is used once; the second use ends the family', async () => {
  const tokens = await exchange(await code())
  const second = await refresh(tokens.body.refresh_token)
  expect(second.status).toBe(200)
  expect(second.body.refresh_token).not.toBe(tokens.body.refresh_token)
  const third = await refresh(second.body.refresh_token)
  expect(third.status).toBe(200)
  expect(await refresh(second.body.refresh_token)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_codes: [50173] },
  })
  expect(await refresh(third.body.refresh_token)).toMatchObject({ status: 400, body: { error_codes: [50173] } })
})

test('S12: of many uses of one refresh token at once a single one gets tokens, and the family ends', async () => {
  const tokens = await exchange(await code())
  const replies = await Promise.all(Array.from({ length: 8 }, () => refresh(tokens.body.refresh_token)))
  const won = replies.filter((reply) => reply.status === 200)
  expect(won).toHaveLength(1)
  expect((await refresh(won[0]?.body.refresh_token)).status).toBe(400)
})

test('S12: a refresh token that is not used for ninety days is worth nothing', async () => {
  const tokens = await exchange(await code())
  const age = (days: number) =>
    cloud.running.pool.query(`update refresh_token set expires_at = expires_at - make_interval(days => $1)`, [days])
  await age(89)
  const second = await refresh(tokens.body.refresh_token)
  expect(second.status).toBe(200)
  await age(90)
  expect(await refresh(second.body.refresh_token)).toMatchObject({ status: 400, body: { error_codes: [700082] } })
})

test('S12: without offline_access there is no refresh token, without openid no id token, and an exchange gives no more than was allowed', async () => {
  const small = await code({ scope: 'https://management.azure.com/.default' })
  const tokens = await exchange(small, {
    scope: 'openid offline_access https://graph.microsoft.com/.default',
  })
  expect(tokens.status).toBe(200)
  expect(tokens.body.refresh_token).toBeUndefined()
  expect(tokens.body.id_token).toBeUndefined()
  expect(claimsOf(tokens.body.access_token).aud).toBe('https://management.azure.com')
})

test('S12: there is no implicit and no password grant', async () => {
  for (const type of ['token', 'id_token', 'id_token token', 'code id_token', 'code token']) {
    const answer = answerIn(
      await browser.open(authorizePath(tenant.id, request(application.appId, { response_type: type }))),
    )
    expect(answer.get('error')).toBe('unsupported_response_type')
    expect([...answer.keys()].sort()).toEqual(['error', 'error_description', 'state'])
  }
  for (const grant of ['password', 'implicit', 'toString', '__proto__', 'constructor'])
    expect(
      await redeem(cloud, tenant.id, {
        grant_type: grant,
        client_id: application.appId,
        username: `anna@${tenant.domain}`,
        password,
        scope: 'openid',
      }),
    ).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type', error_codes: [70003] } })
  const implicit = await tenant.administrator.post('/v1.0/applications', {
    displayName: 'Old',
    web: { redirectUris: [webRedirectUri], implicitGrantSettings: { enableIdTokenIssuance: true } },
  })
  expect(implicit.status).toBe(400)
})

test('S12: an id token and a token for another application open none of our APIs', async () => {
  const tokens = await exchange(await code())
  const own = await exchange(await code({ scope: `openid api://${application.appId}/read` }))
  expect(claimsOf(own.body.access_token).aud).toBe(application.appId)
  for (const token of [tokens.body.id_token, own.body.access_token]) {
    expect((await cloud.as(token).get('/v1.0/me')).status).toBe(401)
    expect((await cloud.as(token).get('/subscriptions?api-version=2022-12-01')).status).toBe(401)
  }
  const unknown = await browser.open(
    authorizePath(tenant.id, request(application.appId, { scope: 'openid https://elsewhere.example/.default' })),
  )
  expect(unknown.status).toBe(400)
  expect(unknown.body).toContain('AADSTS500011')
  const two = answerIn(
    await browser.open(
      authorizePath(
        tenant.id,
        request(application.appId, {
          scope: 'https://graph.microsoft.com/.default https://management.azure.com/.default',
        }),
      ),
    ),
  )
  expect(two.get('error')).toBe('invalid_scope')
})

test('S12: an application that no administrator let in gets nobody a token for our APIs, by no flow', async () => {
  const { client: eve } = await tenant.newUser('eve')
  const { appId } = await newStrangeApplication({ administrator: eve })
  expect((await eve.post('/v1.0/servicePrincipals', { appId })).status).toBe(201)
  for (const resource of [
    'https://management.azure.com/.default',
    'https://graph.microsoft.com/.default',
    'User.Read',
  ]) {
    const page = await browser.open(authorizePath(tenant.id, request(appId, { scope: `openid ${resource}` })))
    expect(page.status, resource).toBe(400)
    expect(page.body).toContain('AADSTS65001')
    const silent = await browser.open(authorizePath(tenant.id, request(appId, { scope: resource, prompt: 'none' })))
    expect(answerIn(silent).get('error')).toBe('interaction_required')
  }
  const signIn = await codeFor(browser, tenant.id, appId, { scope: 'openid offline_access' })
  const own = await redeem(cloud, tenant.id, withCode(appId, signIn))
  expect(claimsOf(own.body.access_token).aud).toBe(appId)
  expect((await cloud.as(own.body.access_token).get('/v1.0/me')).status).toBe(401)
  const wider = withRefreshToken(appId, own.body.refresh_token, { scope: 'https://graph.microsoft.com/.default' })
  expect(await redeem(cloud, tenant.id, wider)).toMatchObject({ status: 400, body: { error_codes: [65001] } })

  // The same request that takes an application in lets this one in, when an administrator sends it.
  expect((await tenant.administrator.post('/v1.0/servicePrincipals', { appId })).status).toBe(201)
  const letIn = await redeem(cloud, tenant.id, withCode(appId, await codeFor(browser, tenant.id, appId)))
  expect(claimsOf(letIn.body.access_token).aud).toBe('https://management.azure.com')
  expect((await tenant.administrator.post('/v1.0/servicePrincipals', { appId })).status).toBe(409)
})

test('D8: what is asked with is answered: state, nonce, issuer, fragment, prompt, login_hint', async () => {
  const open = (more: Record<string, string | undefined>, by = browser) =>
    by.open(authorizePath(tenant.id, request(application.appId, more)))
  const answer = answerIn(await open({}))
  expect([...answer.keys()].sort()).toEqual(['code', 'iss', 'state'])
  expect(answer.get('iss')).toBe(`${cloud.baseUrl}/${tenant.id}/v2.0`)
  const fragment = new URL((await open({ response_mode: 'fragment' })).headers.location ?? '')
  expect(fragment.search).toBe('')
  expect(new URLSearchParams(fragment.hash.slice(1)).get('code')).not.toBeNull()
  expect(answerIn(await open({ response_mode: 'form_post' })).get('error')).toBe('invalid_request')
  expect(answerIn(await open({ prompt: 'none' })).get('code')).not.toBeNull()
  expect(answerIn(await open({ prompt: 'consent' })).get('error')).toBe('invalid_request')
  const silent = answerIn(await open({ prompt: 'none' }, newBrowser(cloud)))
  expect(silent.get('error')).toBe('login_required')
  expect(silent.get('error_description')).toContain('AADSTS50058')
  const other = answerIn(await open({ prompt: 'none', login_hint: `bert@${tenant.domain}` }))
  expect(other.get('error')).toBe('login_required')

  const again = await browser.follow(await open({ prompt: 'login' }))
  expect(again.body).toContain('<form method="post" action="/login">')
  const picked = await browser.follow(await open({ prompt: 'select_account' }))
  expect(picked.body).toContain('Continue as anna')
  const onward = /<a class="button" href="([^"]+)"/.exec(picked.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  expect(answerIn(await browser.open(onward)).get('code')).not.toBeNull()
  // Straight from a form of ours, a page lets the browser go, because no form may lead to another origin.
  const afterForm = await browser.open(onward, { 'sec-fetch-site': 'same-origin' })
  expect(afterForm.status).toBe(200)
  expect(afterForm.body).toMatch(/<meta http-equiv="refresh" content="0; url=http:\/\/localhost\/signed-in\?code=/)
})

test('D8: prompt=login asks for the password again, and the new sign-in is the one that counts', async () => {
  const own = newBrowser(cloud)
  await own.signIn(`anna@${tenant.domain}`, password)
  const toSignIn = await own.open(authorizePath(tenant.id, request(application.appId, { prompt: 'login' })))
  const returnTo = new URL(toSignIn.headers.location ?? '', cloud.baseUrl).searchParams.get('returnTo') ?? ''
  await cloud.running.pool.query(`update sign_in_session set authenticated_at = authenticated_at - interval '1 hour'`)
  const answer = await own.follow(await own.signIn(`anna@${tenant.domain}`, password, returnTo))
  const tokens = await exchange(answerIn(answer).get('code') ?? '')
  const { auth_time: at, iat } = claimsOf(tokens.body.id_token) as { auth_time: number; iat: number }
  expect(iat - at).toBeLessThan(60)
  // max_age does the same for a session that is older than that.
  await cloud.running.pool.query(`update sign_in_session set authenticated_at = authenticated_at - interval '1 hour'`)
  const aged = await own.open(authorizePath(tenant.id, request(application.appId, { max_age: '600' })))
  expect(aged.headers.location).toContain('/login?')
  await own.signIn(`anna@${tenant.domain}`, password)
})

test('D8: an application that is not known, or whose tenant is not, gets nothing sent anywhere', async () => {
  const unknown = '11111111-2222-4333-8444-555555555555'
  for (const [where, clientId, number] of [
    [tenant.id, unknown, '700016'],
    [tenant.id, 'not-an-id', '700016'],
    [unknown, application.appId, '90002'],
    ['consumers', application.appId, '90002'],
  ] as const) {
    const reply = await browser.open(authorizePath(where, request(clientId)))
    expect(reply.status).toBe(400)
    expect(reply.headers.location).toBeUndefined()
    expect(reply.body).toContain(`AADSTS${number}`)
  }
  const internal = await newApplication(await newTenant(cloud, 'codes-owner'))
  const foreign = await browser.open(authorizePath(tenant.id, request(internal.appId)))
  expect(foreign.body).toContain('AADSTS700016')
})

test('D8: userinfo and the discovery document say what a client needs', async () => {
  const tokens = await exchange(await code({ scope: 'openid profile' }))
  const info = await cloud.as(tokens.body.access_token).get('/oidc/userinfo')
  expect(info).toMatchObject({ status: 200, body: { name: 'anna', preferred_username: `anna@${tenant.domain}` } })
  expect(info.body.sub).toBe(claimsOf(tokens.body.id_token).sub)
  const other = await newApplication(tenant)
  const there = await redeem(cloud, tenant.id, withCode(other.appId, await codeFor(browser, tenant.id, other.appId)))
  expect(claimsOf(there.body.id_token).sub).not.toBe(info.body.sub)
  expect((await cloud.operator.get('/oidc/userinfo')).status).toBe(400)
  const discovery = await cloud.as(undefined).get(`/${tenant.domain}/v2.0/.well-known/openid-configuration`)
  expect(discovery.body).toMatchObject({
    issuer: `${cloud.baseUrl}/${tenant.id}/v2.0`,
    authorization_endpoint: `${cloud.baseUrl}/${tenant.id}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${cloud.baseUrl}/${tenant.id}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${cloud.baseUrl}/${tenant.id}/oauth2/v2.0/logout`,
    userinfo_endpoint: `${cloud.baseUrl}/oidc/userinfo`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
  })
  expect(discovery.body.grant_types_supported).not.toContain('password')
  expect(discovery.body.grant_types_supported).not.toContain('implicit')
})

test('D8: an application signs out whom it signed in, and goes on only to an address that it registered', async () => {
  const own = newBrowser(cloud)
  await own.signIn(`anna@${tenant.domain}`, password)
  const tokens = await exchange(await codeFor(own, tenant.id, application.appId))
  const at = (query: Record<string, string>) =>
    own.open(`/${tenant.id}/oauth2/v2.0/logout?${new URLSearchParams(query).toString()}`)
  const asked = await at({ client_id: application.appId, post_logout_redirect_uri: webRedirectUri })
  expect(asked.body).toContain('Do you want to sign out?')
  expect((await own.open('/account')).status).toBe(200)
  const forged = `${tokens.body.id_token.slice(0, -4)}AAAA`
  expect((await at({ id_token_hint: forged })).body).toContain('Do you want to sign out?')
  const out = await at({
    id_token_hint: tokens.body.id_token,
    post_logout_redirect_uri: webRedirectUri,
    state: 'after',
  })
  expect(out.body).toContain(`url=${webRedirectUri}?state=after`)
  expect((await own.open('/account')).status).toBe(303)
  const evil = await at({ client_id: application.appId, post_logout_redirect_uri: 'https://evil.example/' })
  expect(evil.body).not.toContain('evil.example')
})

test('S12: a single-page application redeems from its own origin, without a secret, and for a day', async () => {
  const spaUri = 'https://spa.example/signed-in'
  const spa = await newApplication(tenant, { spa: { redirectUris: [spaUri] } })
  const given = () => codeFor(browser, tenant.id, spa.appId, { redirect_uri: spaUri })
  const from = async (origin: string | undefined) =>
    redeem(
      cloud,
      tenant.id,
      withCode(spa.appId, await given(), { redirect_uri: spaUri }),
      origin === undefined ? {} : { origin },
    )
  for (const origin of [undefined, 'null', 'https://evil.example', 'https://spa.example.evil.example']) {
    const reply = await from(origin)
    expect(reply, String(origin)).toMatchObject({ status: 400, body: { error_codes: [9002327] } })
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
  }
  const tokens = await from('https://spa.example')
  expect(tokens.status).toBe(200)
  expect(tokens.headers['access-control-allow-origin']).toBe('https://spa.example')
  const { rows } = await cloud.running.pool.query<{ hours: string }>(
    `select (extract(epoch from r.expires_at - g.authenticated_at) / 3600)::text as hours
     from refresh_token r join sign_in_grant g on g.id = r.grant_id where g.client_kind = 'spa'`,
  )
  expect(rows.map(({ hours }) => Number(hours))).toEqual([24])
  const keys = await cloud.as(undefined).get(`/${tenant.id}/discovery/v2.0/keys`)
  expect(keys.headers['access-control-allow-origin']).toBe('*')
})

test('S12: what can give nothing any more is not kept, and what can is', async () => {
  const { db, pool } = cloud.running
  const tokens = await exchange(await code())
  const count = async () => {
    const { rows } = await pool.query<Record<string, number>>(
      `select (select count(*)::int from sign_in_session) as sessions, (select count(*)::int from sign_in_grant) as grants,
         (select count(*)::int from refresh_token) as tokens, (select count(*)::int from device_authorization) as devices`,
    )
    return rows[0]
  }
  const { rows } = await pool.query<{ at: Date }>('select max(created_at) as at from sign_in_grant')
  const at = rows[0]?.at ?? new Date(0)
  await forgetOldSignIns(db, at)
  expect((await browser.open('/account')).status).toBe(200)
  const second = await refresh(tokens.body.refresh_token)
  expect(second.status).toBe(200)
  await forgetOldSignIns(db, new Date(at.getTime() + 89 * 24 * 3_600_000))
  const third = await refresh(second.body.refresh_token)
  expect(third.status).toBe(200)
  await forgetOldSignIns(db, new Date(at.getTime() + 92 * 24 * 3_600_000))
  expect(await count()).toEqual({ sessions: 0, grants: 0, tokens: 0, devices: 0 })
  expect((await refresh(third.body.refresh_token)).status).toBe(400)
})
