import { parseBody } from '../../http/body.ts'
import { accepted, polled } from '../../http/long-running.ts'
import { type Operation, pathParameter } from '../../http/operation.ts'
import { operationKinds } from '../../domain/resource/group-lock.ts'
import type { OperationContext } from '../../operations/context.ts'
import { pollLongRunning } from '../../operations/long-running.ts'
import { type MoveRequest, startMove, startMoveValidation } from '../../operations/move-resources.ts'
import { resourceApiVersions } from './api-versions.wire.ts'
import { groupIdOf } from './resource-group.routes.ts'
import { moveBody } from './resource.wire.ts'

const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}'
const moving = {
  apiVersions: resourceApiVersions,
  authentication: 'bearer',
  method: 'POST',
  statuses: [202],
  body: moveBody,
} as const

type Start = (context: OperationContext, request: MoveRequest) => Promise<string>

const handler =
  (start: Start): Operation<OperationContext>['handle'] =>
  async (context, request) => {
    const { resources, targetResourceGroup } = parseBody(request, moveBody)
    const source = groupIdOf(request)
    const operationId = await start(context, { source, resources: resources ?? [], targetResourceGroup })
    return accepted(request, operationId, `/subscriptions/${source.subscriptionId}`)
  }

export const moveOperations: readonly Operation<OperationContext>[] = [
  {
    ...moving,
    id: 'Resources_MoveResources',
    path: `${group}/moveResources`,
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action',
    summary:
      'Moves resources to another group or subscription of the same tenant; an identity link keeps its counters.',
    handle: handler(startMove),
  },
  {
    ...moving,
    id: 'Resources_ValidateMoveResources',
    path: `${group}/validateMoveResources`,
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources/action',
    summary: 'Says whether the same move would be accepted, without moving.',
    handle: handler(startMoveValidation),
  },
  {
    id: 'OperationResults_Get',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/operationresults/{operationId}',
    apiVersions: 'any',
    statuses: [200, 202, 204],
    authentication: 'bearer',
    permission: 'who started the operation',
    summary: 'How a long-running operation stands, and its result in the end.',
    async handle(context, request) {
      const operation = await pollLongRunning(context, pathParameter(request, 'operationId'))
      return polled(request, operation, operation.kind === operationKinds.deleteGroup ? 200 : 204)
    },
  },
]
