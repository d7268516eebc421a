import { conflict } from '../refusal.ts'

/** The long-running operation that holds a group. */
export interface GroupLock {
  readonly operationId: string
  readonly kind: string
  readonly since: Date
}

export const operationKinds = {
  deleteGroup: 'deleteResourceGroup',
  move: 'moveResources',
  validateMove: 'validateMoveResources',
} as const

const hourMs = 3_600_000
/** SUB-16: a move that takes longer gives the groups free. */
const longestMoveHours = 4

export function hasMoveTimedOut(since: Date, at: Date): boolean {
  return at.getTime() - since.getTime() > longestMoveHours * hourMs
}

export function isHeld(lock: GroupLock | undefined, at: Date): lock is GroupLock {
  return lock !== undefined && !(lock.kind === operationKinds.move && hasMoveTimedOut(lock.since, at))
}

/** SUB-16: nothing is written or deleted in a group while a move or a delete holds it. */
export function requireUnlocked(
  group: { readonly name: string; readonly lock: GroupLock | undefined },
  at: Date,
): void {
  if (!isHeld(group.lock, at)) return
  if (group.lock.kind === operationKinds.deleteGroup)
    throw conflict(
      'ResourceGroupBeingDeleted',
      `The resource group '${group.name}' is in deprovisioning state and cannot perform this operation.`,
    )
  throw conflict(
    'ResourceGroupLocked',
    `The resource group '${group.name}' is locked by a move of resources that began at ${group.lock.since.toISOString()}. Repeat the request when the move has ended, at the latest ${longestMoveHours} hours after it began.`,
  )
}
