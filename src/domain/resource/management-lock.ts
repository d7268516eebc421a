import { covers, scopeKey } from '../access/scope.ts'
import { conflict, type Refusal } from '../refusal.ts'

export type LockLevel = 'CanNotDelete' | 'ReadOnly'

/** Holds for its scope and everything below it, whatever role somebody has there. */
export interface ManagementLock {
  readonly scope: string
  readonly name: string
  readonly level: LockLevel
  readonly notes: string | null
  readonly owners: readonly { readonly applicationId: string }[]
}

/** Locks themselves, the subscription's own life and its bill are not what a lock protects. */
const beyondLocks = /^(Microsoft\.Authorization\/locks|Microsoft\.(Subscription|Billing|Consumption|CostManagement))\//i
/** What belongs to a scope without being in it: its deletion takes nothing with it that lies below. */
const attached = /^(Microsoft\.Authorization|Microsoft\.Resources\/tags)\//i

type Verb = 'delete' | 'write' | undefined

/** What a lock can forbid of an action; reading is always allowed, and any other action changes something. */
function verbOf(action: string): Verb {
  if (beyondLocks.test(action)) return undefined
  const last = action.slice(action.lastIndexOf('/') + 1).toLowerCase()
  if (last === 'delete') return /^Microsoft\.Resources\/tags\//i.test(action) ? 'write' : 'delete'
  return last === 'write' || last === 'action' ? 'write' : undefined
}

export const isLockable = (action: string): boolean => verbOf(action) !== undefined

/**
 * The locks that stand against an action on a scope: at it and above it, and for what takes along what lies below it
 * also there.
 */
export function locksAgainst<L extends ManagementLock>(action: string, scope: string, locks: readonly L[]): L[] {
  const verb = verbOf(action)
  if (verb === undefined) return []
  const key = scopeKey(scope)
  return locks.filter((lock) => {
    if (verb === 'write' && lock.level !== 'ReadOnly') return false
    const at = scopeKey(lock.scope)
    return covers(at, key) || (verb === 'delete' && !attached.test(action) && covers(key, at))
  })
}

/** Azure's sentence. */
export function scopeLocked(action: string, scope: string, locks: readonly ManagementLock[]): Refusal {
  const scopes = [...new Set(locks.map((lock) => lock.scope))]
  return conflict(
    'ScopeLocked',
    `The scope '${scope}' cannot perform ${verbOf(action)} operation because following scope(s) are locked: '${scopes.join("','")}'. Please remove the lock and try again.`,
  )
}
