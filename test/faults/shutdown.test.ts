import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { chanceOf } from '../simulation/seeded.ts'
import { Diary } from './diary.ts'
import { prepare } from './kill-campaign.ts'
import { findPort, ServerProcess } from './server-process.ts'

test('F07: with 500 requests in flight, SIGTERM answers or refuses each and ends within 10 s', {
  timeout: 120_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-term-'))
  const port = await findPort()
  let server = await ServerProcess.launch(dataDir, port)
  try {
    const { tenantIds, tokens } = await prepare(server)
    const diary = new Diary(tenantIds, chanceOf(7))
    const reporter = server.as(tokens[0])
    // The connections are there before, as those of busy senders are.
    await Promise.all(Array.from({ length: 100 }, () => diary.send(reporter, diary.newBatch(0, 1), ['accepted'])))
    const sent = Array.from({ length: 500 }, () => diary.send(reporter, diary.newBatch(0, 20), ['accepted']))
    await sleep(60)
    const asked = performance.now()
    server.kill('SIGTERM')
    const [ended] = await Promise.all([server.exited, ...sent])
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(ended).toEqual({ code: 0, signal: null })
    expect(diary.complaints).toEqual([])
    server.hangUp()

    server = await ServerProcess.launch(dataDir, port)
    const client = new pg.Client(server.database)
    await client.connect()
    const { rows } = await client.query<{ id: string }>('select id from usage_event')
    await client.end()
    const stored = new Set(rows.map(({ id }) => id))
    expect([...diary.acknowledged.keys()].filter((id) => !stored.has(id))).toEqual([])
    const torn = diary.unanswered.filter((batch) => new Set(batch.map(({ id }) => stored.has(id))).size > 1)
    expect(torn).toEqual([])
    await diary.repeat([server.as(tokens[0]), server.as(tokens[1])], 0)
    expect(diary.complaints).toEqual([])
  } finally {
    server.kill('SIGTERM')
    await server.exited
    server.hangUp()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
