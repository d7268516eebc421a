import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { systemTimers } from '../adapters/timers.ts'
import type { AuditProgress, AuditReport } from '../audit/audit.ts'
import { type Config, readConfig } from '../config/config.ts'
import { print, printJson, say } from './output.ts'

export const auditCommand = new Command('audit')
  .description(
    'Recompute everything from raw events and histories, and check that nothing is lost, doubled or misplaced.',
  )
  .option('--json', 'print the report as JSON')
  .option('--checkpoint <file...>', 'also compare the audit log with checkpoints that were kept elsewhere')
  .action(async (options: { json?: boolean; checkpoint?: string[] }) => {
    const checkpoints = await Promise.all((options.checkpoint ?? []).map((file) => readFile(file, 'utf8')))
    const report = await auditOf(readConfig(process.env, 'serve'), checkpoints)
    if (options.json) printJson(report)
    else print(renderAudit(report))
    if (!report.isClean) process.exitCode = 3
  })

/** Audits the database of a configuration, whether a server runs on it or not. */
export async function auditOf(config: Config, checkpoints: readonly string[] = []): Promise<AuditReport> {
  const [{ openDatabaseOf }, { runAudit }] = await Promise.all([
    import('../app/database.ts'),
    import('../audit/audit.ts'),
  ])
  const database = await openDatabaseOf(config, say)
  try {
    return await runAudit(database.poolConfig, sayNowAndThen(), checkpoints)
  } finally {
    await database.close()
  }
}

/** A small database is audited in silence; a large one says how far it is about once a second. */
function sayNowAndThen(): (progress: AuditProgress) => void {
  const timers = systemTimers(() => undefined)
  let saidAt = timers.monotonicMs()
  return ({ done, of, step }) => {
    if (timers.monotonicMs() - saidAt < 1000) return
    saidAt = timers.monotonicMs()
    say(`Auditing, ${done} of ${of} done: ${step}`)
  }
}

export function renderAudit(report: AuditReport): string {
  const lines = report.checks.map(
    (check) =>
      `  ${check.isKept ? 'kept  ' : 'BROKEN'}  ${check.id}  ${check.claim} (${check.examined} examined)` +
      check.violations.map((violation) => `\n            ${violation}`).join(''),
  )
  const verdict = report.isClean
    ? 'Conservation audit: clean. Every event, quantity and amount is accounted for.'
    : 'Conservation audit: BROKEN. No further invoice should go out; see the lines above.'
  return [...lines, verdict].join('\n')
}
