import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { runAudit } from '../../src/audit/audit.ts'
import { Company, expectDone, linkPath, nameIssuer } from '../simulation/company.ts'
import { chanceOf } from '../simulation/seeded.ts'
import { Diary } from './diary.ts'
import { findPort, ServerProcess } from './server-process.ts'

export interface Campaign {
  readonly seed: number
  /** What is killed each time, in turn. */
  readonly kills: number
  readonly victims: readonly ('server' | 'postgres')[]
  readonly auditEvery: number
  readonly report?: (line: string) => void
}

export interface Outcome {
  readonly complaints: readonly string[]
  readonly acknowledged: number
  readonly stored: number
  readonly unanswered: number
  readonly restartsMs: readonly number[]
  readonly endedAfterMs: readonly number[]
}

const lanesOfTenant = 2

/** Kills a server or its database again and again while usage comes in, and looks after each time what is there. */
export async function campaign({ seed, kills, victims, auditEvery, report }: Campaign): Promise<Outcome> {
  const chance = chanceOf(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-kill-'))
  const port = await findPort()
  let server = await ServerProcess.launch(dataDir, port)
  try {
    const { tenantIds, tokens } = await prepare(server)
    const diary = new Diary(tenantIds, chance)
    const restartsMs: number[] = []
    const endedAfterMs: number[] = []
    let unanswered = 0
    for (let kill = 1; kill <= kills; kill++) {
      const victim = victims[kill % victims.length]!
      const before = diary.acknowledged.size
      const reporters = tokens.map((token) => server.as(token))
      let isKilled = false
      const lanes = reporters.flatMap((reporter, tenant) =>
        Array.from({ length: lanesOfTenant }, () => diary.pour(reporter, tenant, () => isKilled)),
      )
      await sleep(30 + chance.int(1200))
      const killed = performance.now()
      if (victim === 'server') server.kill('SIGKILL')
      else process.kill(server.postmasterPid, 'SIGKILL')
      const ended = await Promise.race([server.exited, sleep(20_000, undefined)])
      if (!ended) {
        diary.complaints.push(
          `kill ${kill}: the server outlived its ${victim} by 20 s\n${server.said.join('').slice(-2000)}`,
        )
        server.kill('SIGKILL')
        await server.exited
      }
      endedAfterMs.push(performance.now() - killed)
      isKilled = true
      server.hangUp()
      await Promise.all(lanes)

      server = await ServerProcess.launch(dataDir, port)
      restartsMs.push(server.readyAfterMs)
      unanswered += diary.unanswered.length
      await compare(server, diary, before, kill)
      const again = await diary.repeat(
        tokens.map((token) => server.as(token)),
        before,
      )
      if (kill % auditEvery === 0 || kill === kills)
        for (const complaint of await auditOf(server)) diary.complaints.push(`kill ${kill}: ${complaint}`)
      report?.(
        `kill ${kill} of ${victim}: ${diary.acknowledged.size} acknowledged, ${again.settled} settled, ` +
          `back in ${Math.round(server.readyAfterMs)} ms, ${diary.complaints.length} complaints`,
      )
    }
    const stored = await compare(server, diary, 0, kills)
    return {
      complaints: diary.complaints,
      acknowledged: diary.acknowledged.size,
      stored,
      unanswered,
      restartsMs,
      endedAfterMs,
    }
  } finally {
    server.kill('SIGTERM')
    await server.exited
    server.hangUp()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Two linked identity tenants, one of them changed to active users in the month that is poured in. */
export async function prepare(server: ServerProcess): Promise<{ tenantIds: string[]; tokens: string[] }> {
  const wire = await server.wire()
  await wire.setClock('2019-10-01T00:00:00Z')
  await nameIssuer(wire)
  const company = await Company.found(wire, 'killed')
  const payer = await company.payer('killed', 'EUR', 'illustration')
  const subscription = await company.subscription(payer.sectionId, 'killed')
  const tenants = [await company.identityTenant('legacy'), await company.identityTenant('modern')]
  const link = (index: number) => linkPath(subscription, tenants[index]!.domain)
  expectDone(await company.owner.put(link(0), { properties: {} }), 'a link')
  await wire.setClock('2026-09-01T00:00:00Z')
  expectDone(await company.owner.put(link(1), { properties: {} }), 'a link')
  await wire.setClock('2026-10-08T09:30:00.123Z')
  const upgrade = { properties: { billingConfig: { billingType: 'MAU' } } }
  expectDone(await company.owner.patch(link(0), upgrade), 'an upgrade')
  await wire.setClock('2026-10-15T12:00:00Z')
  return { tenantIds: tenants.map(({ id }) => id), tokens: tenants.map(({ reporter }) => reporter.token) }
}

/** Every acknowledged event is there once, and of every unanswered batch all or nothing; gives how many are there. */
async function compare(server: ServerProcess, diary: Diary, since: number, kill: number): Promise<number> {
  const client = new pg.Client(server.database)
  await client.connect()
  try {
    const countOf = async (ids: readonly string[]): Promise<{ held: number; distinct: number }> => {
      const { rows } = await client.query(
        'select count(*)::int as held, count(distinct id)::int as distinct from usage_event where id = any($1::text[])',
        [ids],
      )
      return rows[0]
    }
    const acknowledged = [...diary.acknowledged.keys()].slice(since)
    const { held, distinct } = await countOf(acknowledged)
    if (held !== acknowledged.length || distinct !== acknowledged.length)
      diary.complaints.push(
        `kill ${kill}: ${acknowledged.length} acknowledged since the last, ${held} rows of ${distinct} of them are stored`,
      )
    for (const batch of diary.unanswered) {
      const part = await countOf(batch.map((event) => event.id))
      if (part.held !== 0 && part.held !== batch.length)
        diary.complaints.push(`kill ${kill}: ${part.held} of an unanswered batch of ${batch.length} are stored`)
    }
    const { rows } = await client.query('select count(*)::int as stored from usage_event')
    return rows[0].stored
  } finally {
    await client.end()
  }
}

export async function auditOf(server: ServerProcess): Promise<string[]> {
  const { checks } = await runAudit(server.database)
  return checks.flatMap((check) => check.violations.map((violation) => `audit ${check.id}: ${violation}`))
}
