import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { type Browser, newBrowser } from './browser.ts'
import { claimsOf, newApplication, redeem, withRefreshToken } from './sign-in-fixture.ts'

const commandLine = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const scope = 'openid profile offline_access https://management.azure.com/.default'

let cloud: TestCloud
let tenant: NewTenant
let browser: Browser
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  tenant = await newTenant(cloud, 'devices')
  await tenant.newUser('dora')
  browser = newBrowser(cloud)
  await browser.signIn(`dora@${tenant.domain}`, password)
})
afterAll(() => cloud.stop())

const start = (clientId = commandLine, at = tenant.id): Promise<Reply> =>
  cloud.as(undefined).post(`/${at}/oauth2/v2.0/devicecode`, new URLSearchParams({ client_id: clientId, scope }))
const poll = (deviceCode: string, grantType = 'device_code', clientId = commandLine): Promise<Reply> =>
  redeem(cloud, tenant.id, { grant_type: grantType, client_id: clientId, device_code: deviceCode })
const wait = (seconds: number) =>
  cloud.running.pool.query(
    `update device_authorization set last_polled_at = last_polled_at - make_interval(secs => $1)`,
    [seconds],
  )
const answer = (userCode: string, given: 'allow' | 'deny', by = browser) =>
  by.submit('/devicelogin/answer', { user_code: userCode, answer: given })

test('S12: a device waits until its user has answered, by the name of MSAL or of RFC 8628, and gets its tokens once', async () => {
  const started = await start()
  expect(started).toMatchObject({ status: 200, body: { expires_in: 900, interval: 5 } })
  const { device_code: deviceCode, user_code: userCode, verification_uri: uri, message } = started.body
  expect(uri).toBe(`${cloud.baseUrl}/devicelogin`)
  expect(message).toContain(userCode)
  expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  for (const grantType of ['device_code', 'urn:ietf:params:oauth:grant-type:device_code']) {
    expect(await poll(deviceCode, grantType)).toMatchObject({
      status: 400,
      body: { error: 'authorization_pending', error_codes: [70016] },
    })
    await wait(5)
  }
  expect((await answer(userCode, 'allow')).body).toContain('The device is signed in')
  const tokens = await poll(deviceCode)
  expect(tokens.status).toBe(200)
  expect(claimsOf(tokens.body.id_token)).toMatchObject({ preferred_username: `dora@${tenant.domain}` })
  expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [54005] } })
  expect((await redeem(cloud, tenant.id, withRefreshToken(commandLine, tokens.body.refresh_token))).status).toBe(400)
})

test('S12: a device that asks too often is told to slow down, and has five seconds more to wait from then on', async () => {
  const { device_code: deviceCode, user_code: userCode } = (await start()).body
  expect((await poll(deviceCode)).body.error).toBe('authorization_pending')
  expect((await poll(deviceCode)).body.error).toBe('slow_down')
  await wait(6)
  expect((await poll(deviceCode)).body.error).toBe('slow_down')
  await wait(15)
  expect((await poll(deviceCode)).body.error).toBe('authorization_pending')
  await answer(userCode, 'allow')
  expect((await poll(deviceCode)).status).toBe(200)
})

test('S12: a device code expires after fifteen minutes, for the device and for who would enter it', async () => {
  const { device_code: deviceCode, user_code: userCode } = (await start()).body
  await cloud.running.pool.query(`update device_authorization set expires_at = expires_at - interval '15 minutes'`)
  expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'expired_token', error_codes: [70020] } })
  expect((await answer(userCode, 'allow')).body).toContain('This code is not known')
})

test('S12: no is no', async () => {
  const { device_code: deviceCode, user_code: userCode } = (await start()).body
  expect((await answer(userCode, 'deny')).body).toContain('The device is not signed in')
  expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'authorization_declined' } })
  expect((await answer(userCode, 'allow')).body).toContain('This code is not known')
  expect((await poll(deviceCode)).body.error).toBe('authorization_declined')
})

test('S12: a device code is of its client and tenant, and looking at the page lets nobody in', async () => {
  const application = await newApplication(tenant)
  const other = await newTenant(cloud, 'devices-elsewhere')
  const { device_code: deviceCode, user_code: userCode } = (await start()).body
  expect((await poll(deviceCode, 'device_code', application.appId)).body.error).toBe('bad_verification_code')
  expect((await poll('not-a-code')).body.error).toBe('bad_verification_code')
  const elsewhere = await redeem(cloud, other.id, {
    grant_type: 'device_code',
    client_id: commandLine,
    device_code: deviceCode,
  })
  expect(elsewhere.body.error).toBe('bad_verification_code')
  expect((await browser.open(`/devicelogin?user_code=${userCode}`)).status).toBe(200)
  expect((await browser.submit('/devicelogin', { user_code: userCode })).body).toContain('Azure CLI')
  expect((await poll(deviceCode)).body.error).toBe('authorization_pending')
  const stranger = newBrowser(cloud)
  expect((await answer(userCode, 'allow', stranger)).headers.location).toContain('/login?')
  const forged = await browser.submit(
    '/devicelogin/answer',
    { user_code: userCode, answer: 'allow' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  )
  expect(forged.status).toBe(403)
  await wait(5)
  expect((await poll(deviceCode)).body.error).toBe('authorization_pending')
})

test('S12: only a public client signs in by device code', async () => {
  const server = await newApplication(tenant, { isFallbackPublicClient: false })
  expect(await start(server.appId)).toMatchObject({
    status: 401,
    body: { error: 'invalid_client', error_codes: [7000218] },
  })
  expect((await start('11111111-2222-4333-8444-555555555555')).body.error_codes).toEqual([700016])
  expect((await start(commandLine, 'nowhere.example')).body.error_codes).toEqual([90002])
})

test('S17: guessing at the letters of devices is held back', async () => {
  const { user_code: userCode } = (await start()).body
  const guesser = newBrowser(cloud)
  await tenant.newUser('guesser')
  await guesser.signIn(`guesser@${tenant.domain}`, password)
  for (let guess = 1; guess <= 10; guess++)
    expect((await guesser.submit('/devicelogin', { user_code: 'BBBB-BBBB' })).status).toBe(200)
  const held = await guesser.submit('/devicelogin', { user_code: userCode })
  expect(held.status).toBe(429)
  expect(Number(held.headers['retry-after'])).toBeGreaterThan(0)
  expect((await browser.submit('/devicelogin', { user_code: userCode })).status).toBe(200)
})
