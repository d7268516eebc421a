import pg from 'pg'
import type { Check, CheckResult } from './check.ts'
import { directoryChecks } from './graph-checks.ts'
import { eventChecks } from './event-checks.ts'
import { invoiceChecks } from './invoice-checks.ts'
import { sumChecks } from './sum-checks.ts'

export interface AuditReport {
  readonly isClean: boolean
  readonly checks: readonly CheckResult[]
}

const shownViolations = 20

/**
 * Recomputes everything from raw events and histories with SQL of its own, and compares. It is slow and simple on
 * purpose: an oracle that shared code with what it checks would share its mistakes. One snapshot, nothing written.
 */
export async function runAudit(connection: pg.ClientConfig): Promise<AuditReport> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // The recomputation may be as slow as it likes, but must not spill into a plan of millions of nested loops.
    await client.query("set local jit = off; set local work_mem = '128MB'; set local timezone = 'UTC'")
    const checks: CheckResult[] = []
    for (const check of [...eventChecks, ...sumChecks, ...directoryChecks, ...invoiceChecks])
      checks.push(await runCheck(client, check))
    await client.query('commit')
    return { isClean: checks.every((check) => check.isKept), checks }
  } finally {
    await client.end()
  }
}

async function runCheck(client: pg.Client, check: Check): Promise<CheckResult> {
  const examined = await client.query<{ examined: string }>(check.examined)
  const violations = await client.query<{ violation: string }>(`${check.violations}\nlimit ${shownViolations + 1}`)
  const shown = violations.rows.slice(0, shownViolations).map((row) => row.violation)
  return {
    id: check.id,
    claim: check.claim,
    examined: Number(examined.rows[0]?.examined ?? 0),
    isKept: violations.rows.length === 0,
    violations: violations.rows.length > shownViolations ? [...shown, '… and more'] : shown,
  }
}
