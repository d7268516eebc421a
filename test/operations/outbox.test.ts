import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createMailer } from '../../src/adapters/mail.ts'
import { systemRandom } from '../../src/adapters/random.ts'
import { wallClock } from '../../src/adapters/wall-clock.ts'
import { largestTries } from '../../src/domain/mail/retry.ts'
import { type MailToQueue, personalLinkMark, queueMail } from '../../src/operations/queue-mail.ts'
import { type SealingKey, sealingKey } from '../../src/operations/seal-secret.ts'
import { sendNextMail } from '../../src/operations/send-mail.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { type MailServer, startMailServer, textOf } from '../support/mail-server.ts'

let mailServer: MailServer
/** Sends by itself, as an installation does. */
let sending: TestCloud
/** Has no mail server, so that a test decides when a try is made. */
let keeping: TestCloud
let key: SealingKey

beforeAll(async () => {
  mailServer = await startMailServer()
  sending = await startTestCloud({
    now: '2026-01-01T00:00:00Z',
    env: { SMTP_URL: mailServer.url, TENANTRY_MAIL_FROM: 'Tenantry <billing@example.com>' },
  })
  keeping = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  key = await keyOf(keeping)
})
afterAll(async () => {
  await sending?.stop()
  await keeping?.stop()
  await mailServer?.stop()
})

const keyOf = async (cloud: TestCloud): Promise<SealingKey> =>
  sealingKey(Buffer.from((await readFile(join(cloud.dataDir, 'sealing.key'), 'utf8')).trim(), 'base64url'))

const message = { to: 'ann@example.org', subject: 'Hello', text: 'Good day', kind: 'test' }

async function queue(cloud: TestCloud, mail: Partial<MailToQueue> = {}): Promise<string> {
  const sealing = await keyOf(cloud)
  return cloud.running.db.transaction().execute((db) =>
    queueMail(
      {
        db,
        random: systemRandom,
        now: new Date('2026-01-01T00:00:00Z'),
        settings: { baseUrl: cloud.baseUrl } as never,
        sealingKey: sealing,
      },
      { ...message, ...mail },
    ),
  )
}

async function listed(cloud: TestCloud, id: string) {
  const reply = await cloud.operator.get('/providers/Tenantry.Directory/outboxMessages?api-version=2026-11-01')
  expect(reply.status).toBe(200)
  return reply.body.value.find((item: { name: string }) => item.name === id)?.properties
}

async function tryOnce(timeoutMs = 2000): Promise<boolean> {
  await keeping.running.pool.query(`update outbox_message set next_try_at = null where state = 'Queued'`)
  return sendNextMail({
    db: keeping.running.db,
    mailer: createMailer({ url: mailServer.url, from: 'billing@example.com', timeoutMs }),
    clock: wallClock,
    key,
    onFailed: () => undefined,
  })
}

test('F39: a message that was queued is delivered once, by itself', async () => {
  const id = await queue(sending, { to: ['ann@example.org', 'bo@example.org'], cc: ['cy@example.org'] })
  await vi.waitFor(async () => expect((await listed(sending, id)).state).toBe('Sent'), { timeout: 20_000 })

  expect(mailServer.received).toHaveLength(1)
  const [mail] = mailServer.received
  expect(mail?.from).toBe('billing@example.com')
  expect(mail?.to).toEqual(['ann@example.org', 'bo@example.org', 'cy@example.org'])
  expect(mail?.headers.get('from')).toBe('Tenantry <billing@example.com>')
  expect(mail?.headers.get('to')).toBe('ann@example.org, bo@example.org')
  expect(mail?.headers.get('subject')).toBe('Hello')
  expect(mail?.headers.get('message-id')).toBe(`<${id}@localhost>`)
  expect(textOf(mail?.source ?? '')).toContain('Good day')
  expect(await listed(sending, id)).toMatchObject({ tries: 1, lastError: null, nextTryDateTime: null })
})

test('F39: of a transaction that is rolled back no message is sent', async () => {
  const queued = keeping.running.db.transaction().execute(async (db) => {
    await queueMail(
      {
        db,
        random: systemRandom,
        now: new Date('2026-01-01T00:00:00Z'),
        settings: { baseUrl: keeping.baseUrl } as never,
        sealingKey: key,
      },
      message,
    )
    throw new Error('no')
  })
  await expect(queued).rejects.toThrow('no')
  expect(await tryOnce()).toBe(false)
})

test.each(['defer', 'hang', 'drop'] as const)(
  'F39: a server that answers with %s gets the same message again, under the same Message-ID',
  async (mood) => {
    mailServer.received.length = 0
    mailServer.readToTheEnd.length = 0
    mailServer.expect(mood)
    const id = await queue(keeping)
    expect(await tryOnce(500)).toBe(true)
    expect(mailServer.received).toHaveLength(0)
    const after = await listed(keeping, id)
    expect(after).toMatchObject({ state: 'Queued', tries: 1 })
    expect(after.lastError).not.toBe(null)
    expect(after.nextTryDateTime).not.toBe(null)

    expect(await tryOnce()).toBe(true)
    expect(mailServer.received.map((mail) => mail.headers.get('message-id'))).toEqual([`<${id}@localhost>`])
    if (mood !== 'defer') {
      // The server had read it to the end the first time: it arrives twice and is recognised by its Message-ID.
      expect(mailServer.readToTheEnd).toHaveLength(2)
      for (const source of mailServer.readToTheEnd) expect(source).toContain(`<${id}@localhost>`)
    }
    expect(await listed(keeping, id)).toMatchObject({ state: 'Sent', tries: 2 })
    expect(await tryOnce()).toBe(false)
  },
)

test('F39: a message waits longer from try to try and fails visibly after the last', async () => {
  mailServer.received.length = 0
  const id = await queue(keeping)
  const waits: number[] = []
  for (let tries = 1; tries <= largestTries; tries++) {
    mailServer.expect('defer')
    expect(await tryOnce()).toBe(true)
    const { nextTryDateTime } = await listed(keeping, id)
    if (nextTryDateTime !== null) waits.push(Date.parse(nextTryDateTime) - Date.now())
  }
  expect(waits).toHaveLength(largestTries - 1)
  expect(waits).toEqual(waits.toSorted((left, right) => left - right))
  expect(await listed(keeping, id)).toMatchObject({
    state: 'Failed',
    tries: largestTries,
    lastError: '451 Greylisted, come back later',
  })
  expect(await tryOnce()).toBe(false)
  expect(mailServer.received).toHaveLength(0)
})

test('F39: a refusal for good is not tried again, and the operator finds it by its state', async () => {
  mailServer.expect('refuse')
  const id = await queue(keeping)
  expect(await tryOnce()).toBe(true)
  expect(await tryOnce()).toBe(false)
  const failed = await keeping.operator.get(
    '/providers/Tenantry.Directory/outboxMessages?api-version=2026-11-01&state=failed',
  )
  expect(failed.body.value[0]).toMatchObject({ name: id, properties: { lastError: '550 No such mailbox' } })
  const page = await keeping.operator.get('/providers/Tenantry.Directory/outboxMessages?api-version=2026-11-01&$top=1')
  expect(page.body.value).toHaveLength(1)
  const next = new URL(page.body.nextLink)
  const second = await keeping.operator.get(`${next.pathname}${next.search}`)
  expect(second.body.value[0].name).not.toBe(page.body.value[0].name)
})

test('F39: processes that send side by side do not take the same message', async () => {
  mailServer.received.length = 0
  const ids = await Promise.all(Array.from({ length: 8 }, () => queue(keeping)))
  const mailer = createMailer({ url: mailServer.url, from: 'billing@example.com' })
  const one = { db: keeping.running.db, mailer, clock: wallClock, key, onFailed: () => undefined }
  const drain = async (): Promise<void> => {
    while (await sendNextMail(one));
  }
  await Promise.all([drain(), drain(), drain(), drain()])

  expect(mailServer.received.map((mail) => mail.headers.get('message-id')).sort()).toEqual(
    ids.map((id) => `<${id}@localhost>`).sort(),
  )
})

test('S34: what would end a header line or make another recipient does not leave', async () => {
  mailServer.received.length = 0
  await queue(keeping, { subject: 'Hello\r\nBcc: eve@example.org\nX-Evil: 1', text: '.\r\nRCPT TO:<eve@example.org>' })
  await tryOnce()
  const [mail] = mailServer.received
  expect(mail?.to).toEqual(['ann@example.org'])
  expect([...(mail?.headers.keys() ?? [])].sort()).toEqual([
    'auto-submitted',
    'content-transfer-encoding',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ])
  for (const to of [
    'ann@example.org\r\nBcc: eve@example.org',
    'ann@example.org, eve@example.org',
    'Ann <ann@example.org>',
    'ann@example.org>\r\nRCPT TO:<eve@example.org',
    'ann',
    '',
  ])
    await expect(queue(keeping, { to }), to).rejects.toThrow('is not an e-mail address')
})

test('S20: a personal link is neither in the database in clear nor shown to the operator, and arrives', async () => {
  mailServer.received.length = 0
  const personalLink = `https://localhost/redeem?ticket=${systemRandom.secret()}`
  const id = await queue(keeping, { text: `Follow ${personalLinkMark} now`, personalLink })
  const rows = await keeping.running.pool.query('select outbox_message::text as row from outbox_message')
  const secret = personalLink.split('=')[1] ?? ''
  expect(JSON.stringify(rows.rows)).not.toContain(secret)
  expect(JSON.stringify(await listed(keeping, id))).not.toContain(secret)
  await tryOnce()
  expect(textOf(mailServer.received[0]?.source ?? '').replaceAll(/\s/g, '')).toContain(`Follow${personalLink}now`)
  const { rows: kept } = await keeping.running.pool.query('select sealed_link from outbox_message where id = $1', [id])
  expect(kept).toEqual([{ sealed_link: null }])
})

test('S50: the key that seals links is the file of its owner alone', async () => {
  const { stat } = await import('node:fs/promises')
  expect((await stat(join(keeping.dataDir, 'sealing.key'))).mode & 0o777).toBe(0o600)
})
