import { gzipSync } from 'node:zlib'
import { CloudEvent, HTTP } from 'cloudevents'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../support/cloud.ts'
import type { NewTenant } from '../graph/new-tenant.ts'
import { EventsCloud, signInJson } from './events-cloud.ts'

let cloud: EventsCloud
let tenant: NewTenant
let client: Client
beforeAll(async () => {
  cloud = await EventsCloud.start()
  ;({ tenant, client } = await cloud.reporter('forms'))
})
afterAll(() => cloud.stop())

const send = (body: unknown, type = 'application/cloudevents-batch+json', headers: Record<string, string> = {}) =>
  client.send('POST', '/events', body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body), {
    'content-type': type,
    ...headers,
  })

test('a batch is answered item by item: accepted, duplicate, conflict, rejected', async () => {
  const first = signInJson(tenant.id)
  const reply = await send([
    first,
    first,
    { ...first, subject: 'another' },
    signInJson(tenant.id, { time: 'yesterday' }),
    signInJson(tenant.id),
  ])
  expect(reply.status).toBe(200)
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  expect(reply.body).toMatchObject([
    { index: 0, status: 'accepted' },
    { index: 1, status: 'duplicate' },
    { index: 2, id: first.id, status: 'conflict', code: 'IdConflict' },
    { index: 3, status: 'rejected', code: 'InvalidEvent', message: expect.stringContaining('time') as string },
    { index: 4, status: 'accepted' },
  ])
})

test('structured mode, plain JSON and a batch of none are read, too', async () => {
  expect((await send(signInJson(tenant.id), 'application/cloudevents+json; charset=UTF-8')).body).toEqual([
    { index: 0, status: 'accepted' },
  ])
  expect((await send(signInJson(tenant.id), 'application/json')).body).toEqual([{ index: 0, status: 'accepted' }])
  expect((await send([signInJson(tenant.id)], 'application/json')).body).toEqual([{ index: 0, status: 'accepted' }])
  expect((await send([])).body).toEqual([])
})

test('NDJSON: a line that cannot be read is refused alone', async () => {
  const lines = [
    JSON.stringify(signInJson(tenant.id)),
    '',
    '{"specversion":',
    JSON.stringify(signInJson(tenant.id)),
    '',
  ]
  const reply = await send(lines.join('\r\n'), 'application/x-ndjson')
  expect(reply.body).toMatchObject([
    { index: 0, status: 'accepted' },
    { index: 1, status: 'rejected', code: 'InvalidJson' },
    { index: 2, status: 'accepted' },
  ])
})

test('the cloudevents package writes both modes, and both are the same event here', async () => {
  const { data, ...attributes } = signInJson(tenant.id, { subject: 'Åsa "Å" 100 %', id: 'oracle-1' })
  const event = new CloudEvent({ ...attributes, data })
  const structured = HTTP.structured(event)
  const first = await send(structured.body, 'application/cloudevents+json')
  expect(first.body).toEqual([{ index: 0, status: 'accepted' }])
  const ascii = new CloudEvent({ ...attributes, id: 'oracle-2', subject: 'user-1', data })
  const binary = HTTP.binary(ascii)
  const headers = Object.fromEntries(Object.entries(binary.headers).map(([name, value]) => [name, String(value)]))
  const inBinary = await client.send('POST', '/events', binary.body, headers)
  expect(inBinary.body).toEqual([{ index: 0, status: 'accepted' }])
  const again = await send(HTTP.structured(ascii).body, 'application/cloudevents+json')
  expect(again.body).toEqual([{ index: 0, status: 'duplicate' }])
})

test('binary mode decodes percent-encoded headers as UTF-8, once', async () => {
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-type': 'tenantry.authentication.v1',
    'ce-source': 'urn:example:binary',
    'ce-id': 'binary-%C3%85%2525',
    'ce-time': '2026-10-14T08:00:00Z',
    'ce-subject': '"a \\"quoted\\" user"',
  }
  const data = JSON.stringify({ tenantId: tenant.id, kind: 'signUp' })
  expect((await client.send('POST', '/events', data, headers)).body).toEqual([{ index: 0, status: 'accepted' }])
  expect(await cloud.stored('binary-Å%25')).toBe(1)
  const { rows } = await cloud.query<{ subject: string }>("select subject from usage_event where id = 'binary-Å%25'")
  expect(rows).toEqual([{ subject: 'a "quoted" user' }])
  const broken = await client.send('POST', '/events', data, { ...headers, 'ce-id': '%ff' })
  expect([broken.status, broken.body.error.code]).toEqual([400, 'InvalidHeader'])
})

test('F61: gzip is inflated up to the limit and refused beyond it, or when it is not gzip', async () => {
  const body = JSON.stringify([signInJson(tenant.id), signInJson(tenant.id)])
  const reply = await send(gzipSync(body), undefined, { 'content-encoding': 'gzip' })
  expect(reply.body).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }])
  const bomb = await send(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')), undefined, { 'content-encoding': 'gzip' })
  expect([bomb.status, bomb.body.error.code]).toEqual([413, 'RequestEntityTooLarge'])
  const nested = await send(gzipSync(gzipSync(body)), undefined, { 'content-encoding': 'gzip' })
  expect([nested.status, nested.body.error.code]).toEqual([400, 'InvalidUtf8'])
  const plain = await send(body, undefined, { 'content-encoding': 'gzip' })
  expect([plain.status, plain.body.error.code]).toEqual([400, 'InvalidContentEncoding'])
  const unknown = await send(body, undefined, { 'content-encoding': 'br' })
  expect([unknown.status, unknown.body.error.code]).toEqual([415, 'UnsupportedContentEncoding'])
})

test('F60: a body over the limit and a batch over ten thousand events are refused with 413', async () => {
  const large = await send(Buffer.alloc(8 * 1024 * 1024 + 1, ' ')).catch((error: unknown) => error as Error)
  if (!(large instanceof Error)) expect([large.status, large.body.error.code]).toEqual([413, 'RequestEntityTooLarge'])
  const many = await send(`[${Array(10_001).fill('{}').join(',')}]`)
  expect([many.status, many.body.error.code]).toEqual([413, 'TooManyEvents'])
})

test('other content types and charsets are refused by name', async () => {
  const xml = await send('<event/>', 'application/xml')
  expect([xml.status, xml.body.error.code]).toEqual([415, 'UnsupportedMediaType'])
  expect(xml.body.error.message).toContain('application/xml')
  const latin = await send([signInJson(tenant.id)], 'application/json; charset=iso-8859-1')
  expect(latin.status).toBe(415)
})

test('what a stack reports is refused by name until it is supported', async () => {
  const reply = await send([
    signInJson(tenant.id, { type: 'tenantry.stack-usage.v1' }),
    signInJson(tenant.id, { type: 'x' }),
  ])
  expect(reply.body).toMatchObject([
    { status: 'rejected', code: 'EventTypeNotSupported' },
    { status: 'rejected', code: 'EventTypeNotSupported' },
  ])
})

test('each refused item names its field and the cure', async () => {
  const cases: readonly (readonly [string, Record<string, unknown>])[] = [
    ['specversion', signInJson(tenant.id, { specversion: '0.3' })],
    ['id', signInJson(tenant.id, { id: '' })],
    ['id', signInJson(tenant.id, { id: 7 })],
    ['source', signInJson(tenant.id, { source: 'x'.repeat(257) })],
    ['subject', signInJson(tenant.id, { subject: undefined })],
    ['time', signInJson(tenant.id, { time: '2026-10-14T08:00:00' })],
    ['time', signInJson(tenant.id, { time: '2026-02-30T08:00:00Z' })],
    ['time', signInJson(tenant.id, { time: undefined })],
    ['data', signInJson(tenant.id, { data: 'text' })],
    ['data.tenantId', signInJson(tenant.id, {}, { tenantId: 'mine' })],
    ['data.kind', signInJson(tenant.id, {}, { kind: 'dance' })],
    ['data.userType', signInJson(tenant.id, {}, { userType: 'Ghost' })],
    ['data.outcome', signInJson(tenant.id, {}, { outcome: 'maybe' })],
    ['datacontenttype', signInJson(tenant.id, { datacontenttype: 'text/xml' })],
    ['data_base64', signInJson(tenant.id, { data_base64: 'AAAA' })],
  ]
  const reply = await send(cases.map(([, event]) => event))
  for (const [index, [field]] of cases.entries()) {
    expect(reply.body[index], field).toMatchObject({
      index,
      status: 'rejected',
      code: 'InvalidEvent',
      message: expect.stringMatching(new RegExp(`^The attribute ${field.replace('.', '\\.')} `)) as string,
    })
  }
})
