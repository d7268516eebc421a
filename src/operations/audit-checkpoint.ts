import { listAuditHeads } from '../store/audit-record.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

export interface AuditCheckpoint {
  readonly at: Date
  readonly heads: readonly { readonly chain: string; readonly position: string; readonly hash: string }[]
  /** The same as a compact JWS by the installation's key. */
  readonly signed: string
}

/** The head of each chain of the audit log, signed: kept elsewhere, it shows when an end is cut off later (S52). */
export async function takeAuditCheckpoint(context: OperationContext): Promise<AuditCheckpoint> {
  authorizeOperator(context)
  const heads = (await listAuditHeads(context.db)).map(({ chain, position, hash }) => ({
    chain,
    position: position.toString(),
    hash,
  }))
  const signed = await context.signStatement('tenantry-audit-checkpoint+jws', { at: context.now.toISOString(), heads })
  return { at: context.now, heads, signed }
}
