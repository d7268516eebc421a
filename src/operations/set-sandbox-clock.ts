import { conflict, forbidden, invalid } from '../domain/refusal.ts'
import { findSandboxClock, hasHistory, lockSandboxClock, replaceSandboxClock } from '../store/sandbox-clock.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'

/** Does the work that falls due up to an instant, in time order. */
export type RunDueWork = (context: OperationContext, upTo: Date) => Promise<void>

const clockAction = 'Tenantry.Sandbox/clock/write'

function authorizeSandbox(context: OperationContext): void {
  if (!context.settings.isSandbox)
    throw forbidden('SandboxOnly', 'This server does not run as a sandbox; its clock is the real one.')
  if (!context.caller.isOperator)
    throw forbidden('AuthorizationFailed', 'Only the platform operator of operator.json may use the sandbox.')
}

/**
 * Sets the business clock: in an empty data directory to any instant, afterwards only forward. It answers when all
 * work that fell due on the way has run (DESIGN D6).
 */
export async function setSandboxClock(context: OperationContext, now: Date, runDueWork: RunDueWork): Promise<Date> {
  authorizeSandbox(context)
  if (Number.isNaN(now.getTime()))
    throw invalid('InvalidProperty', "'properties.now' is not an instant.", 'properties.now')
  await lockSandboxClock(context.db)
  const current = await findSandboxClock(context.db)
  if (current && now < current && (await hasHistory(context.db, clockAction)))
    throw conflict(
      'ClockCannotGoBack',
      `The clock stands at ${current.toISOString()} and only goes forward. Use an empty data directory to play earlier history.`,
    )
  await runDueWork(context, now)
  if (current?.getTime() === now.getTime()) return now
  await replaceSandboxClock(context.db, now)
  await appendAudit(context, {
    action: clockAction,
    scope: '/providers/Tenantry.Sandbox/clock',
    ...(current ? { before: { now: current.toISOString() } } : {}),
    after: { now: now.toISOString() },
  })
  return now
}

export async function getSandboxClock(context: OperationContext): Promise<Date> {
  authorizeSandbox(context)
  return context.now
}

export function authorizeSandboxTokens(context: OperationContext): void {
  authorizeSandbox(context)
}
