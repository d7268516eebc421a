import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseUsageEvent } from '../../../src/domain/metering/parse-usage-event.ts'
import { parseEvents } from '../../../src/providers/events/events.wire.ts'

const json = { 'content-type': 'application/json' }
const tenants = ['0b1e1b3d-0000-4000-8000-000000000001', '0B1E1B3D-0000-4000-8000-00000000000F', 'not-a-guid', '']

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('', '"', '\\', '","id":"x', '}', '{', ':', 'é', 'user', 'x'.repeat(300)),
)
const event = fc.record(
  {
    specversion: fc.constantFrom('1.0', '1.0', '1.0', '1.0', '0.3'),
    type: fc.constantFrom(
      'tenantry.authentication.v1',
      'tenantry.authentication.v1',
      'tenantry.second-factor.v1',
      'other',
    ),
    source: fc.constantFrom('urn:a', 'urn:b'),
    id: text,
    time: fc.constantFrom(
      '2026-10-14T08:00:00Z',
      '2026-10-14T08:00:00.123456+02:00',
      '2026-10-14',
      '1969-12-31T23:59:59Z',
    ),
    subject: text,
    extension: text,
    data: fc.record(
      {
        tenantId: fc.constantFrom(...tenants),
        kind: fc.constantFrom('interactiveSignIn', 'tokenRefresh', 'sms'),
        userType: fc.constantFrom('Member', 'Guest'),
        id: text,
        time: text,
        subject: text,
      },
      { requiredKeys: ['tenantId', 'kind'] },
    ),
  },
  { requiredKeys: ['specversion', 'type', 'source', 'id', 'time', 'subject', 'data'] },
)

test('a batch read through templates is the same as each of its items read alone', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 1, 2), (events, spaces) => {
      const body = Buffer.from(JSON.stringify(events, null, spaces))
      expect(parseEvents(body, json, [])).toEqual(
        events.map((item) => parseUsageEvent(JSON.parse(JSON.stringify(item)))),
      )
    }),
    { numRuns: 400, seed: 7 },
  )
})

const signIn = (id: string, subject = 'user') => ({
  specversion: '1.0',
  type: 'tenantry.authentication.v1',
  source: 'urn:a',
  id,
  time: '2026-10-14T08:00:00Z',
  subject,
  data: { tenantId: tenants[0], kind: 'signUp' },
})

test('a template is used only for the bytes it was made of', () => {
  const [first, second] = [JSON.stringify(signIn('one')), JSON.stringify(signIn('two'))]
  const variants = [
    second.replace('signUp', 'signup'),
    second.replace('"urn:a"', '"urn:c"'),
    second.replace('"subject"', '"extra":1,"subject"'),
    second.replace('"1.0"', '"1.0 "'),
    `${second.slice(0, -1)},"more":[1,2,{"a":"b"}]}`,
  ]
  for (const variant of variants) {
    const [, parsed] = parseEvents(Buffer.from(`[${first},${variant}]`), json, [])
    expect(parsed).toEqual(parseUsageEvent(JSON.parse(variant)))
  }
})

test('an item that ends early or late is no JSON, with a template or without', () => {
  const item = JSON.stringify(signIn('one'))
  for (const tail of [item.slice(0, -1), `${item}}`, `${item}"`, item.slice(0, 40), `${item} ${item}`]) {
    expect(() => parseEvents(Buffer.from(`[${item},${tail}]`), json, [])).toThrow(/not JSON/)
  }
})
