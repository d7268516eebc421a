import { noContent, type Operation, ok } from '../../http/operation.ts'
import { changeCollaborationPolicy, readCollaborationPolicy } from '../../operations/collaboration-policy.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  authorizationPolicyBody,
  fromWireAuthorizationPolicy,
  toWireAuthorizationPolicy,
} from './authorization-policy.wire.ts'
import { parseGraphBody } from './body.ts'
import { graph, onEntity, toEntity } from './entity.ts'

const path = '/v1.0/policies/authorizationPolicy'

export const authorizationPolicyOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetAuthorizationPolicy',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'policies/read',
    summary: 'Who may invite guests, what guests see, and what members may do without a role.',
    async handle(context, request) {
      const policy = await readCollaborationPolicy(context)
      return ok(toEntity(request, 'policies/authorizationPolicy', toWireAuthorizationPolicy(policy)))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateAuthorizationPolicy',
    method: 'PATCH',
    path,
    statuses: [204],
    permission: 'policies/update',
    summary: 'Changes the external collaboration settings; they hold from the next request on.',
    body: authorizationPolicyBody,
    async handle(context, request) {
      const changes = fromWireAuthorizationPolicy(parseGraphBody(request, authorizationPolicyBody))
      await changeCollaborationPolicy(context, changes)
      return noContent()
    },
  },
]
