import { parseBody } from '../../http/body.ts'
import {
  type ApiRequest,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  getBuiltInPolicy,
  getPolicyDefinition,
  listBuiltInPolicies,
  listPolicyDefinitions,
  removePolicyDefinition,
  savePolicyDefinition,
} from '../../operations/define-policy.ts'
import {
  fromWirePolicyDefinition,
  parsePolicyDefinitionFilter,
  policyDefinitionBody,
  toWirePolicyDefinition,
} from './policy-definition.wire.ts'
import { policyApiVersions, resourceName } from './scope.wire.ts'

const list = '/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions'
const one = `${list}/{policyDefinitionName}`
const builtIn = '/providers/Microsoft.Authorization/policyDefinitions'
const common = { apiVersions: policyApiVersions, authentication: 'bearer' } as const
const scopeOf = (request: ApiRequest): string =>
  `/subscriptions/${pathParameter(request, 'subscriptionId').toLowerCase()}`
const nameOf = (request: ApiRequest): string => resourceName(request, 'policyDefinitionName', 64)

export const policyDefinitionOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PolicyDefinitions_CreateOrUpdate',
    method: 'PUT',
    path: one,
    // The SDKs take 200 for an error, also when a definition is replaced (API.md trap 2).
    statuses: [201],
    permission: 'Microsoft.Authorization/policyDefinitions/write',
    summary: 'Defines a policy of the subscription’s own.',
    body: policyDefinitionBody,
    async handle(context, request) {
      const content = fromWirePolicyDefinition(parseBody(request, policyDefinitionBody))
      return created(
        toWirePolicyDefinition(await savePolicyDefinition(context, scopeOf(request), nameOf(request), content)),
      )
    },
  },
  {
    ...common,
    id: 'PolicyDefinitions_Get',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Authorization/policyDefinitions/read, or any role at the subscription',
    summary: 'A policy definition of the subscription.',
    async handle(context, request) {
      return ok(toWirePolicyDefinition(await getPolicyDefinition(context, scopeOf(request), nameOf(request))))
    },
  },
  {
    ...common,
    id: 'PolicyDefinitions_Delete',
    method: 'DELETE',
    path: one,
    statuses: [200, 204],
    permission: 'Microsoft.Authorization/policyDefinitions/delete',
    summary: 'Deletes a policy definition that is assigned nowhere, and answers what it was.',
    async handle(context, request) {
      const deleted = await removePolicyDefinition(context, scopeOf(request), nameOf(request))
      return deleted ? ok(toWirePolicyDefinition(deleted)) : noContent()
    },
  },
  {
    ...common,
    id: 'PolicyDefinitions_List',
    method: 'GET',
    path: list,
    statuses: [200],
    permission: 'Microsoft.Authorization/policyDefinitions/read, or any role at the subscription',
    summary: 'Policy definitions that can be assigned in the subscription, built-in ones too.',
    query: { $filter: 'optional', $top: 'optional', $expand: 'unsupported' },
    async handle(context, request) {
      return pageOf(request, await listPolicyDefinitions(context, scopeOf(request)))
    },
  },
  {
    ...common,
    id: 'PolicyDefinitions_GetBuiltIn',
    method: 'GET',
    path: `${builtIn}/{policyDefinitionName}`,
    statuses: [200],
    permission: 'anybody who signed in',
    summary: 'A built-in policy definition.',
    handle(_context, request) {
      return Promise.resolve(
        ok(toWirePolicyDefinition(getBuiltInPolicy(pathParameter(request, 'policyDefinitionName')))),
      )
    },
  },
  {
    ...common,
    id: 'PolicyDefinitions_ListBuiltIn',
    method: 'GET',
    path: builtIn,
    statuses: [200],
    permission: 'anybody who signed in',
    summary: 'The built-in policy definitions.',
    query: { $filter: 'optional', $top: 'optional', $expand: 'unsupported' },
    handle(_context, request) {
      return Promise.resolve(pageOf(request, listBuiltInPolicies()))
    },
  },
]

function pageOf(request: ApiRequest, definitions: readonly Parameters<typeof toWirePolicyDefinition>[0][]) {
  const { after, top } = readPage(request)
  const wanted = parsePolicyDefinitionFilter(queryValue(request, '$filter'))
  const sorted = definitions.filter(wanted).toSorted((left, right) => (left.id < right.id ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((definition) => definition.id > after)
  const { rows, next } = splitPage(rest.slice(0, top + 1), top, (definition) => definition.id)
  return ok(toPage(request, rows.map(toWirePolicyDefinition), next))
}
