import { operationKinds } from '../domain/resource/group-lock.ts'
import { deleteResourceGroup } from '../operations/change-resource-group.ts'
import type { LongRunningWorker } from '../operations/long-running.ts'
import { moveResources, validateMove } from '../operations/move-resources.ts'

/** Who does the work of each kind of long-running operation. */
export const longRunningWorkers: ReadonlyMap<string, LongRunningWorker> = new Map<string, LongRunningWorker>([
  [operationKinds.deleteGroup, deleteResourceGroup],
  [operationKinds.move, moveResources],
  [operationKinds.validateMove, validateMove],
])
