import { created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  changeDomainList,
  createDomainList,
  getDomainList,
  readDomainLists,
  removeDomainList,
} from '../../operations/collaboration-policy.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  b2bManagementPolicyBody,
  b2bManagementPolicyChanges,
  fromWireDomainList,
  fromWireDomainListChanges,
  toWireDomainList,
} from './b2b-management-policy.wire.ts'
import { parseGraphBody } from './body.ts'
import { graph, onEntity, onList, toCollection, toEntity } from './entity.ts'

const set = 'policies/b2bManagementPolicies'
const path = '/beta/policies/b2bManagementPolicies'
const one = `${path}/{policy}`

/** Azure publishes the lists of TEN-16 in Graph's beta only. */
export const b2bManagementPolicyOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onList,
    id: 'Graph_ListB2bManagementPolicies',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'policies/read',
    summary: 'The list of domains that guests may or may not come from; at most one.',
    async handle(context, request) {
      return ok(toCollection(request, set, (await readDomainLists(context)).map(toWireDomainList)))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateB2bManagementPolicy',
    method: 'POST',
    path,
    statuses: [201],
    permission: 'policies/update',
    summary: 'Sets the list of allowed or of blocked domains; it works while isOrganizationDefault is true.',
    body: b2bManagementPolicyBody,
    async handle(context, request) {
      const wanted = fromWireDomainList(parseGraphBody(request, b2bManagementPolicyBody))
      return created(toEntity(request, set, toWireDomainList(await createDomainList(context, wanted))))
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetB2bManagementPolicy',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'policies/read',
    summary: 'The list of domains by its id.',
    async handle(context, request) {
      const list = await getDomainList(context, pathParameter(request, 'policy'))
      return ok(toEntity(request, set, toWireDomainList(list)))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateB2bManagementPolicy',
    method: 'PATCH',
    path: one,
    statuses: [204],
    permission: 'policies/update',
    summary: 'Changes the list; a list of the other kind replaces it whole.',
    body: b2bManagementPolicyChanges,
    async handle(context, request) {
      const changes = fromWireDomainListChanges(parseGraphBody(request, b2bManagementPolicyChanges))
      await changeDomainList(context, pathParameter(request, 'policy'), changes)
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteB2bManagementPolicy',
    method: 'DELETE',
    path: one,
    statuses: [204],
    permission: 'policies/update',
    summary: 'Removes the list: guests may come from every domain again.',
    async handle(context, request) {
      await removeDomainList(context, pathParameter(request, 'policy'))
      return noContent()
    },
  },
]
