import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Company, expectDone, nameIssuer, own } from '../simulation/company.ts'
import { chanceOf } from '../simulation/seeded.ts'
import { auditOf } from './kill-campaign.ts'
import { findPort, ServerProcess } from './server-process.ts'

export interface RunCampaign {
  readonly seed: number
  readonly payers: number
  /** One killed run a month, from January 2026 on. */
  readonly kills: number
  readonly victims: readonly ('server' | 'postgres')[]
  readonly report?: (line: string) => void
}

export interface RunOutcome {
  readonly complaints: readonly string[]
  /** How many documents there were already when the run was killed. */
  readonly issuedAtKill: readonly number[]
  readonly resumedMs: readonly number[]
}

/** Kills invoice runs at random instants; the next start goes on with them, and nobody gets two documents or numbers. */
export async function killInvoiceRuns({ seed, payers, kills, victims, report }: RunCampaign): Promise<RunOutcome> {
  const chance = chanceOf(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-run-'))
  const port = await findPort()
  let server = await ServerProcess.launch(dataDir, port)
  const complaints: string[] = []
  const issuedAtKill: number[] = []
  const resumedMs: number[] = []
  try {
    const { owner, subscriptions } = await prepare(server, payers)
    for (let kill = 1; kill <= kills; kill++) {
      const month = `2026-${String(kill).padStart(2, '0')}`
      const next = `2026-${String(kill + 1).padStart(2, '0')}`
      const wire = await server.wire()
      await wire.setClock(`${month}-20T00:00:00Z`)
      await use(server.as(owner), subscriptions, month)
      await wire.setClock(`${next}-04T00:00:00Z`)
      expectDone(await wire.operator.put(`/providers/Tenantry.Billing/invoiceRuns/${month}?${own}`, {}), 'a run')
      await sleep(chance.int(25 + payers * 2))
      if (victims[kill % victims.length] === 'server') server.kill('SIGKILL')
      else process.kill(server.postmasterPid, 'SIGKILL')
      await server.exited
      server.hangUp()
      server = await ServerProcess.launch(dataDir, port)
      issuedAtKill.push((await documentsOf(server, month)).length)
      const started = performance.now()
      await waitForRun(server, month)
      resumedMs.push(performance.now() - started)
      const documents = await documentsOf(server, month)
      const numbers = new Set(documents.map(({ number }) => number))
      if (documents.length !== payers || numbers.size !== payers)
        complaints.push(`${month}: ${documents.length} documents with ${numbers.size} numbers for ${payers} payers`)
      for (const complaint of await auditOf(server)) complaints.push(`${month}: ${complaint}`)
      report?.(
        `${month}: killed with ${issuedAtKill.at(-1)} of ${payers} issued, done ${Math.round(resumedMs.at(-1)!)} ms after the start`,
      )
    }
    return { complaints, issuedAtKill, resumedMs }
  } finally {
    server.kill('SIGTERM')
    await server.exited
    server.hangUp()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function prepare(server: ServerProcess, payers: number): Promise<{ owner: string; subscriptions: string[] }> {
  const wire = await server.wire()
  await wire.setClock('2026-01-01T00:00:00Z')
  await nameIssuer(wire)
  const company = await Company.found(wire, 'paying')
  const subscriptions: string[] = []
  for (let serial = 1; serial <= payers; serial++) {
    const payer = await company.payer(`payer-${serial}`, 'EUR', 'illustration')
    const subscription = await company.subscription(payer.sectionId, `paid-${serial}`)
    await company.allowUsage(subscription)
    subscriptions.push(subscription)
  }
  return { owner: company.owner.token, subscriptions }
}

async function use(
  owner: ReturnType<ServerProcess['as']>,
  subscriptions: readonly string[],
  month: string,
): Promise<void> {
  const time = `${month}-10T00:00:00Z`
  const events = subscriptions.flatMap((subscription) =>
    ['second-factor-attempts', 'authentications'].map((meterId) => ({
      specversion: '1.0',
      type: 'tenantry.usage.v1',
      source: '/paying',
      id: `${month}-${subscription}-${meterId}`,
      time,
      subject: `/subscriptions/${subscription}`,
      data: { meterId, quantity: '12.5', usageStart: time, usageEnd: time },
    })),
  )
  const reply = await owner.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' })
  expectDone(reply, 'usage')
  const refused = reply.body.find(({ status }: { status: string }) => status !== 'accepted')
  if (refused) throw new Error(JSON.stringify(refused))
}

async function documentsOf(server: ServerProcess, period: string): Promise<{ number: string }[]> {
  const client = new pg.Client(server.database)
  await client.connect()
  try {
    return (await client.query('select number from invoice where period = $1', [period])).rows
  } finally {
    await client.end()
  }
}

async function waitForRun(server: ServerProcess, period: string): Promise<void> {
  const { operator } = await server.wire()
  for (let poll = 0; poll < 1200; poll++) {
    const { body } = expectDone(await operator.get(`/providers/Tenantry.Billing/invoiceRuns/${period}?${own}`), 'a run')
    if (body.properties.provisioningState === 'Succeeded') return
    await sleep(25)
  }
  throw new Error(`the run of ${period} was not resumed within 30 s`)
}
