import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client, Reply } from '../../support/cloud.ts'
import type { NewTenant } from '../graph/new-tenant.ts'
import { EventsCloud, signInJson } from './events-cloud.ts'

let cloud: EventsCloud
let tenant: NewTenant
let client: Client
beforeAll(async () => {
  cloud = await EventsCloud.start()
  ;({ tenant, client } = await cloud.reporter('hostile'))
})
afterAll(() => cloud.stop())

const send = (body: string | Uint8Array, type = 'application/cloudevents-batch+json') =>
  client.send('POST', '/events', body, { 'content-type': type })

/** `status code`, of a refusal that also says something. */
function refusalOf(reply: Reply): string {
  expect(reply.body?.error?.message?.length).toBeGreaterThan(10)
  return `${reply.status} ${reply.body.error.code}`
}

const text = (id: string, rest: Record<string, unknown> = {}) => JSON.stringify(signInJson(tenant.id, { id, ...rest }))

test('F62: depth, members by the million and integer-like names are refused at once', async () => {
  expect(refusalOf(await send(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`))).toBe('400 JsonTooDeep')
  expect(refusalOf(await send(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'application/json'))).toBe(
    '400 JsonTooDeep',
  )
  expect(
    refusalOf(
      await send(text('deep').replace('"data":', `"x":${'['.repeat(40)}${']'.repeat(40)},"data":`), 'application/json'),
    ),
  ).toBe('400 JsonTooDeep')
  const members = Array.from({ length: 400_000 }, (_, index) => `"${index}":1`).join(',')
  expect(refusalOf(await send(`[{${members}}]`))).toBe('400 TooManyMembers')
})

test('F63: __proto__ is refused, constructor.prototype is only a name, and no object changes', async () => {
  expect(refusalOf(await send(`[${text('proto').replace('{', '{"__proto__":{"polluted":true},')}]`))).toBe(
    '400 MemberNotAllowed',
  )
  expect(refusalOf(await send(`[${text('proto-2').replace('{"spec', '{"\\u005f_proto__":{"x":1},"spec')}]`))).toBe(
    '400 MemberNotAllowed',
  )
  const reply = await send(`[${text('constructor').replace('{', '{"constructor":{"prototype":{"polluted":true}},')}]`)
  expect(reply.body).toEqual([{ index: 0, status: 'accepted' }])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('F64: bytes that are no UTF-8, half surrogates and NUL are refused, so two ids never become one', async () => {
  for (const bytes of [[0xff], [0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    const [before = '', after = ''] = text('X@X').split('@')
    const body = Buffer.concat([Buffer.from(`[${before}`), Buffer.from(bytes), Buffer.from(`${after}]`)])
    expect(refusalOf(await send(body))).toBe('400 InvalidUtf8')
  }
  for (const escape of ['\\ud800', '\\udfff', '\\udc00\\ud800']) {
    expect(refusalOf(await send(`[${text('X@X').replace('@', escape)}]`))).toBe('400 TextNotWellFormed')
  }
  expect(refusalOf(await send(`[${text('X@X').replace('@', '\\u0000')}]`))).toBe('400 TextNotWellFormed')
  expect(refusalOf(await send(`[${text('X@X').replace('@', '\0')}]`))).toBe('400 InvalidJson')
  expect(refusalOf(await send(Buffer.from(`\ufeff[${text('bom')}]`)))).toBe('400 InvalidJson')
})

test('F64: the same letters in two normal forms are two ids', async () => {
  const reply = await send(`[${text('\u00e9')},${text('e\u0301')},${text('\ud83d\ude00')}]`)
  expect(reply.body).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }, { status: 'accepted' }])
  expect([await cloud.stored('\u00e9'), await cloud.stored('e\u0301'), await cloud.stored('\ud83d\ude00')]).toEqual([
    1, 1, 1,
  ])
})

test('F66: a member that stands twice is refused, wherever it is and however it is written', async () => {
  expect(refusalOf(await send(`[${text('twice').replace('"id"', '"id":"other","id"')}]`))).toBe('400 DuplicateMember')
  expect(refusalOf(await send(`[${text('twice').replace('"id"', '"\\u0069d":"other","id"')}]`))).toBe(
    '400 DuplicateMember',
  )
  expect(refusalOf(await send(`[${text('twice').replace('"kind"', '"kind":"signUp","kind"')}]`))).toBe(
    '400 DuplicateMember',
  )
  const good = text('template-1')
  const bad = text('template-2').replace('"id"', '"id":"other","id"')
  expect(refusalOf(await send(`[${good},${good.replace('template-1', 'template-3')},${bad}]`))).toBe(
    '400 DuplicateMember',
  )
  expect([await cloud.stored('template-1'), await cloud.stored('template-3')]).toEqual([0, 0])
})

test('F66: a ce- header that stands twice is refused', async () => {
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-type': 'tenantry.authentication.v1',
    'ce-source': 'urn:x',
    'ce-time': '2026-10-14T08:00:00Z',
    'ce-subject': 'user',
    'ce-id': ['a', 'b'] as unknown as string,
  }
  const data = JSON.stringify({ tenantId: tenant.id, kind: 'signUp' })
  expect(refusalOf(await client.send('POST', '/events', data, headers))).toBe('400 DuplicateHeader')
})

test('what is no JSON is refused as a whole, with the place', async () => {
  const good = text('whole')
  for (const body of [
    '',
    ' ',
    '[',
    '[]]',
    '[,]',
    `[${good},]`,
    `[${good}`,
    `[${good} ${good}]`,
    `[${good}]x`,
    '{',
    'nul',
  ]) {
    expect(refusalOf(await send(body, 'application/json'))).toBe('400 InvalidJson')
  }
  expect(refusalOf(await send(good, 'application/cloudevents-batch+json'))).toBe('400 InvalidJson')
  expect(refusalOf(await send(`[${good}]`, 'application/cloudevents+json'))).toBe('400 InvalidJson')
  expect(refusalOf(await send(`[${good},{"specversion":'1.0'}]`))).toBe('400 InvalidJson')
  expect(await cloud.stored('whole')).toBe(0)
})

test('an item that is no object is refused alone', async () => {
  const reply = await send(`[1,null,"text",[],${text('among-others')}]`)
  expect(reply.body).toMatchObject([
    { index: 0, status: 'rejected', code: 'InvalidEvent' },
    { index: 1, status: 'rejected', code: 'InvalidEvent' },
    { index: 2, status: 'rejected', code: 'InvalidEvent' },
    { index: 3, status: 'rejected', code: 'InvalidEvent' },
    { index: 4, status: 'accepted' },
  ])
})

test('texts that imitate the structure around them stay texts', async () => {
  const tricky = ['"},{"id":"', '","subject":"x', '\\', '\\"', 'a\tb', '{"id":"y"}', '%00', "');--", '\u2028']
  const events = [
    text('plain'),
    ...tricky.map((id) => text(id)),
    ...tricky.map((subject, index) => text(`s-${index}`, { subject })),
  ]
  const reply = await send(`[${events.join(',')}]`)
  expect(reply.body.map((item: { status: string }) => item.status)).toEqual(events.map(() => 'accepted'))
  for (const id of tricky) expect(await cloud.stored(id), id).toBe(1)
  for (const [index, subject] of tricky.entries()) {
    const { rows } = await cloud.query<{ subject: string }>('select subject from usage_event where id = $1', [
      `s-${index}`,
    ])
    expect(rows).toEqual([{ subject }])
  }
})
