import { ClientSecretCredential } from '@azure/identity'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

test('D8: ClientSecretCredential of @azure/identity signs the operator in with the secret of operator.json', async () => {
  const { tenantId, clientId, clientSecret } = cloud.running.operator
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: cloud.baseUrl,
    disableInstanceDiscovery: true,
  })
  for (const scope of [
    `${cloud.baseUrl}/.default`,
    `${cloud.baseUrl}//.default`,
    'https://management.azure.com/.default',
  ]) {
    const token = await credential.getToken(scope)
    expect(token.token.split('.')).toHaveLength(3)
    const reply = await cloud.as(token.token).get('/providers/Tenantry.Sandbox/clock?api-version=2026-11-01')
    expect(reply).toMatchObject({ status: 200, body: { properties: { now: '2026-01-01T00:00:00.000Z' } } })
  }
})

test('D8: a wrong secret is refused with the code that clients read', async () => {
  const { tenantId, clientId } = cloud.running.operator
  const credential = new ClientSecretCredential(tenantId, clientId, 'wrong', {
    authorityHost: cloud.baseUrl,
    disableInstanceDiscovery: true,
  })
  await expect(credential.getToken(`${cloud.baseUrl}/.default`)).rejects.toThrow(/7000215/)
})

test('D8: without a token, with a broken one and with one of another issuer the answer is 401 with a challenge', async () => {
  const path = '/providers/Tenantry.Sandbox/clock?api-version=2026-11-01'
  const [header, payload, signature] = cloud.operator.token.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const other = Buffer.from(JSON.stringify({ ...claims, tid: '11111111-1111-1111-1111-111111111111' })).toString(
    'base64url',
  )
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
  for (const token of [
    undefined,
    'abc',
    `${header}.${other}.${signature}`,
    `${none}.${payload}.`,
    `${none}.${payload}.x`,
  ]) {
    const reply = await cloud.as(token).get(path)
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toContain('Bearer authorization_uri="https://')
    expect(reply.body.error.code).toMatch(/^(AuthenticationFailed|InvalidAuthenticationToken)$/)
  }
})

test('D6: the sandbox clock stands still, goes forward, and does not go back once something has happened', async () => {
  await cloud.clock.set('2026-02-01T00:00:00Z')
  const again = await cloud.operator.get('/providers/Tenantry.Sandbox/clock?api-version=2026-11-01')
  expect(again.body.properties.now).toBe('2026-02-01T00:00:00.000Z')
})
