import { afterAll, beforeAll, expect, test } from 'vitest'
import { RoutingTable, parametersOf } from '../../src/http/routing-table.ts'
import type { Operation } from '../../src/http/operation.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

const clockPath = '/providers/Tenantry.Sandbox/clock'
const version = 'api-version=2026-11-01'

test('D7: an api-version that is missing, malformed or unknown is refused by the code that clients know', async () => {
  expect((await cloud.operator.get(clockPath)).body.error.code).toBe('MissingApiVersionParameter')
  expect((await cloud.operator.get(`${clockPath}?api-version=tomorrow`)).body.error).toMatchObject({
    code: 'InvalidApiVersionParameter',
    message: expect.stringContaining('2026-11-01'),
  })
  const unknown = await cloud.operator.get(`${clockPath}?api-version=2001-01-01`)
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'InvalidResourceType' } } })
  expect(unknown.headers['x-ms-failure-cause']).toBe('gateway')
})

test('D7: empty segments collapse, literals match in any case, and the casing of names is kept', async () => {
  for (const path of [
    '//providers/Tenantry.Sandbox/clock',
    '/providers//Tenantry.Sandbox/clock/',
    '/PROVIDERS/tenantry.sandbox/CLOCK',
  ])
    expect((await cloud.operator.get(`${path}?${version}`)).status, path).toBe(200)
})

test('D7: a path that could be read as another one is refused', async () => {
  for (const path of [
    '/providers/Tenantry.Sandbox/%2e%2e/clock',
    '/providers/Tenantry.Sandbox%2fclock',
    '/providers/%00',
    '/providers/%ff',
  ])
    expect(await cloud.operator.get(`${path}?${version}`), path).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidRequestUri' } },
    })
})

test('D7: every answer carries the headers that clients and support people rely on', async () => {
  const correlation = '11111111-2222-3333-4444-555555555555'
  const reply = await cloud.operator.get(`${clockPath}?${version}`, {
    'x-ms-correlation-request-id': correlation,
    'x-ms-client-request-id': 'abc',
    'x-ms-return-client-request-id': 'true',
  })
  expect(reply.headers).toMatchObject({
    'x-ms-correlation-request-id': correlation,
    'x-ms-client-request-id': 'abc',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'content-type': 'application/json; charset=utf-8',
  })
  expect(reply.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(reply.headers['x-ms-routing-request-id']).toMatch(/^LOCAL:\d{8}T\d{6}Z:1{8}-/)
  expect(Number(reply.headers['x-ms-ratelimit-remaining-tenant-reads'])).toBeGreaterThan(0)
})

test('D7: nothing that is refused has an empty body, also what never reached an operation', async () => {
  const missing = await cloud.operator.get('/nowhere')
  expect(missing).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } })
  const method = await cloud.operator.delete(`${clockPath}?${version}`)
  expect(method).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } })
  expect(method.headers.allow).toContain('PUT')
  const large = await cloud.operator.send('PUT', `${clockPath}?${version}`, 'x'.repeat(9 * 1024 * 1024))
  expect(large).toMatchObject({ status: 413, body: { error: { code: 'RequestEntityTooLarge' } } })
  const broken = await cloud.operator.send('PUT', `${clockPath}?${version}`, '{"properties":')
  expect(broken).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequestContent' } } })
})

test('D7: a body is decoded without repair: bad UTF-8, NUL, half pairs and __proto__ are refused', async () => {
  const bodies: (string | Uint8Array)[] = [
    Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
    '{"properties":{"now":"\\u0000"}}',
    '{"properties":{"now":"\\ud800"}}',
    '{"__proto__":{"now":"2026-01-01T00:00:00Z"}}',
  ]
  for (const body of bodies)
    expect(await cloud.operator.send('PUT', `${clockPath}?${version}`, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidRequestContent' } },
    })
})

test('D7: a wrong field is named, with what is expected of it', async () => {
  const reply = await cloud.operator.put(`${clockPath}?${version}`, { properties: { now: 'yesterday' } })
  expect(reply).toMatchObject({
    status: 400,
    body: {
      error: { code: 'InvalidRequestContent', target: 'properties.now', details: [{ target: 'properties.now' }] },
    },
  })
})

test('D7: a query parameter given twice is refused', async () => {
  const reply = await cloud.operator.get(`${clockPath}?${version}&a=1&a=2`)
  expect(reply).toMatchObject({ status: 400, body: { error: { code: 'InvalidQueryParameter', target: 'a' } } })
})

test('I-19: a POST repeated with its key answers the same and runs once; another body under the key is refused', async () => {
  const path = `/v1.0/applications`
  const headers = { 'idempotency-key': 'create-one' }
  const first = await cloud.operator.post(path, { displayName: 'Reporter' }, headers)
  expect(first.status).toBe(201)
  const second = await cloud.operator.post(path, { displayName: 'Reporter' }, headers)
  expect(second).toMatchObject({ status: 201, body: { id: first.body.id, appId: first.body.appId } })
  const other = await cloud.operator.post(path, { displayName: 'Another' }, headers)
  expect(other).toMatchObject({ status: 409, body: { error: { code: 'IdempotencyKeyReused' } } })
  const parallel = await Promise.all(
    Array.from({ length: 8 }, () => cloud.operator.post(path, { displayName: 'Once' }, { 'idempotency-key': 'once' })),
  )
  expect(new Set(parallel.map((reply) => reply.body.id)).size).toBe(1)
})

test('D7: health, readiness, metrics, the description and the endpoints are served without signing in', async () => {
  const nobody = cloud.as(undefined)
  expect(await nobody.get('/healthz')).toMatchObject({ status: 200, body: { status: 'alive' } })
  expect(await nobody.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } })
  expect((await nobody.get('/metrics')).body).toContain('tenantry_answers_total')
  const description = (await nobody.get('/openapi.json')).body
  expect(description.openapi).toBe('3.1.0')
  expect(description.paths[clockPath].put.operationId).toBe('SandboxClock_Set')
  const endpoints = await nobody.get('/metadata/endpoints?api-version=2022-09-01')
  expect(endpoints.body).toMatchObject({
    resourceManager: `${cloud.baseUrl}/`,
    authentication: { loginEndpoint: `${cloud.baseUrl}/` },
  })
  expect((await nobody.get('/metadata/endpoints?api-version=2015-01-01')).body.authentication.audiences).toContain(
    `${cloud.baseUrl}/`,
  )
  expect((await nobody.get('/metadata/endpoints?api-version=2019-05-01')).body).toHaveLength(1)
})

test('D7: the most specific operation of a path wins, and a scope is whatever stands before the last provider', () => {
  const operation = (id: string, path: string): Operation<unknown> => ({
    id,
    method: 'GET',
    path,
    apiVersions: 'any',
    statuses: [200],
    authentication: 'bearer',
    permission: 'x',
    summary: '',
    handle: () => Promise.resolve({ status: 200 }),
  })
  const table = new RoutingTable([
    operation('generic', '/subscriptions/{s}/resourceGroups/{g}/providers/{ns}/{path*}'),
    operation('own', '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Own/things/{n}'),
    operation('role', '/{scope}/providers/Microsoft.Authorization/roleAssignments/{name}'),
  ])
  const find = (path: string) => table.find(path.split('/').filter(Boolean)).map((found) => found.id)
  expect(find('/subscriptions/1/resourcegroups/g/providers/microsoft.own/THINGS/x')).toEqual(['own'])
  expect(find('/subscriptions/1/resourcegroups/g/providers/microsoft.other/things/x')).toEqual(['generic'])
  expect(
    find(
      '/subscriptions/1/resourcegroups/g/providers/microsoft.own/things/x/providers/microsoft.authorization/roleassignments/r',
    ),
  ).toEqual(['role'])
  expect(find('/providers/microsoft.authorization/roleassignments/r')).toEqual(['role'])
  expect(
    parametersOf('/{scope}/providers/Microsoft.Authorization/roleAssignments/{name}', [
      'subscriptions',
      'ABC',
      'providers',
      'Microsoft.Authorization',
      'roleAssignments',
      'R',
    ]),
  ).toMatchObject({ scope: '/subscriptions/ABC', name: 'R' })
})
