import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { Company, type IdentityTenant } from '../simulation/company.ts'
import { chanceOf } from '../simulation/seeded.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { Diary } from './diary.ts'

let cloud: TestCloud
let tenant: IdentityTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-15T12:00:00Z' })
  tenant = await (await Company.found(cloud, 'delivering')).identityTenant('delivering1')
})
afterAll(() => cloud.stop())

/** Sends the head of a request and a part of its body, and hangs up; `part` 1 is the whole body, whose answer is not read. */
function hangUpAfter(body: string, part: number): Promise<void> {
  const { port, hostname } = new URL(cloud.baseUrl)
  const head =
    `POST /events HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${tenant.reporter.token}\r\n` +
    `content-type: application/cloudevents-batch+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), servername: hostname, ca: cloud.caPem }, () => {
      socket.write(head + body.slice(0, Math.floor(body.length * part)), () => {
        socket.destroy()
        resolve()
      })
    })
    socket.on('error', reject)
  })
}

async function storedOf(ids: readonly string[]): Promise<number> {
  const rows = await cloud.running.pool.query(
    'select count(*)::int as held from usage_event where id = any($1::text[])',
    [ids],
  )
  return rows.rows[0].held as number
}

test('F34: of a request that is cut off in its body, nothing is stored', async () => {
  const diary = new Diary([tenant.id], chanceOf(34), 'cut')
  for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
    const batch = diary.newBatch(0, 50)
    await hangUpAfter(JSON.stringify(batch), part)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await storedOf(batch.map(({ id }) => id))).toBe(0)
    expect(await diary.send(tenant.reporter, batch, ['accepted'])).toBe(true)
  }
  expect(diary.complaints.slice(0, 10)).toEqual([])
})

test('I-02, F33: when the answer is lost, a repetition in other batches completes what is missing and doubles nothing', async () => {
  const diary = new Diary([tenant.id], chanceOf(33), 'lost')
  const sent = Array.from({ length: 10 }, () => diary.newBatch(0, 40))
  for (const batch of sent) {
    await hangUpAfter(JSON.stringify(batch), 1)
    diary.unanswered.push(batch)
  }
  await diary.repeat([tenant.reporter], 0)
  await diary.repeat([tenant.reporter], 0)
  expect(diary.complaints.slice(0, 10)).toEqual([])
  expect(await storedOf(sent.flat().map(({ id }) => id))).toBe(400)
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})
