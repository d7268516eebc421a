import pg from 'pg'
import { auditChainChecks } from './audit-chain-checks.ts'
import { checkAgainstCheckpoint } from './audit-checkpoint.ts'
import type { Check, CheckResult } from './check.ts'
import { eventChecks } from './event-checks.ts'
import { historyChecks } from './history-checks.ts'
import { invoiceChecks } from './invoice-checks.ts'
import { paymentChecks } from './payment-checks.ts'
import { productChecks } from './product-checks.ts'
import { recordChecks } from './record-checks.ts'
import { cutoffsToRecompute, recomputation, recomputationSchema } from './recomputation.ts'
import { sumChecks } from './sum-checks.ts'

export interface AuditReport {
  readonly isClean: boolean
  readonly checks: readonly CheckResult[]
}

export interface AuditProgress {
  readonly done: number
  readonly of: number
  readonly step: string
}

export const allChecks: readonly Check[] = [
  ...eventChecks,
  ...sumChecks,
  ...historyChecks,
  ...invoiceChecks,
  ...productChecks,
  ...paymentChecks,
  ...recordChecks,
  ...auditChainChecks,
]

const shownViolations = 20

/**
 * Recomputes everything from raw events and histories with SQL of its own, and compares. It is slow and simple on
 * purpose: an oracle that shared code with what it checks would share its mistakes. One snapshot, nothing written.
 */
export async function runAudit(
  connection: pg.ClientConfig,
  onProgress: (progress: AuditProgress) => void = () => undefined,
  checkpoints: readonly string[] = [],
): Promise<AuditReport> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query("set timezone = 'UTC'")
    await client.query(recomputationSchema)
    await client.query('begin isolation level repeatable read read only')
    const report = await auditSnapshot(client, onProgress, checkpoints)
    await client.query('commit')
    return report
  } finally {
    await client.end()
  }
}

/** Audits what the open transaction of a connection sees; the recomputation's schema must be there. */
export async function auditSnapshot(
  client: pg.ClientBase,
  onProgress: (progress: AuditProgress) => void = () => undefined,
  checkpoints: readonly string[] = [],
): Promise<AuditReport> {
  // The recomputation may be as slow as it likes, but must not spill into a plan of millions of nested loops.
  await client.query("set local jit = off; set local work_mem = '128MB'; set local timezone = 'UTC'")
  await client.query('delete from audited_user; delete from audited_unit; delete from audited_total')
  const cutoffs = await client.query<{ cutoff: string }>(cutoffsToRecompute)
  const upTo = cutoffs.rows.map((row) => row.cutoff)
  const of = upTo.length + allChecks.length
  let done = 0
  for (const cutoff of upTo) {
    onProgress({ done: done++, of, step: 'adding up the raw events' })
    for (const statement of recomputation) await client.query(statement, statement.includes('$1') ? [cutoff] : [])
  }
  const checks: CheckResult[] = []
  for (const check of allChecks) {
    onProgress({ done: done++, of, step: `${check.id} ${check.claim}` })
    checks.push(await runCheck(client, check))
  }
  for (const checkpoint of checkpoints) checks.push(await checkAgainstCheckpoint(client, checkpoint))
  return { isClean: checks.every((check) => check.isKept), checks }
}

async function runCheck(client: pg.ClientBase, check: Check): Promise<CheckResult> {
  const examined = await client.query<{ examined: string }>(check.examined)
  const violations = await client.query<{ violation: string }>(
    `select violation from (${check.violations}) found limit ${shownViolations + 1}`,
  )
  const shown = violations.rows.slice(0, shownViolations).map((row) => row.violation)
  return {
    id: check.id,
    claim: check.claim,
    examined: Number(examined.rows[0]?.examined ?? 0),
    isKept: violations.rows.length === 0,
    violations: violations.rows.length > shownViolations ? [...shown, '… and more'] : shown,
  }
}
