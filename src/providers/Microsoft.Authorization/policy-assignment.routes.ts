import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  assignPolicy,
  getPolicyAssignment,
  keyOfPolicyAssignment,
  listPolicyAssignmentsOfScope,
  relocatePolicyAssignment,
  removePolicyAssignment,
} from '../../operations/assign-policy.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  fromWirePolicyAssignment,
  parsePolicyAssignmentFilter,
  policyAssignmentBody,
  policyAssignmentPatchBody,
  toWirePolicyAssignment,
} from './policy-assignment.wire.ts'
import { policyApiVersions, resourceName, scopeOf } from './scope.wire.ts'

const list = '{scope}/providers/Microsoft.Authorization/policyAssignments'
const one = `${list}/{policyAssignmentName}`
const common = { apiVersions: policyApiVersions, authentication: 'bearer' } as const
const nameOf = (request: ApiRequest): string => resourceName(request, 'policyAssignmentName', 128)

/** The SDKs' operations by id are these with the scope inside the id. */
export const policyAssignmentOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PolicyAssignments_Create',
    method: 'PUT',
    path: one,
    // The SDKs take 200 for an error, also when an assignment is replaced (API.md trap 2).
    statuses: [201],
    permission: 'Microsoft.Authorization/policyAssignments/write',
    summary: 'Puts a policy in force at a scope and everything below it.',
    body: policyAssignmentBody,
    async handle(context, request) {
      const body = parseBody(request, policyAssignmentBody)
      const content = fromWirePolicyAssignment(body)
      const saved = await assignPolicy(context, scopeOf(request), nameOf(request), content, body.location ?? null)
      return created(toWirePolicyAssignment(saved))
    },
  },
  {
    ...common,
    id: 'PolicyAssignments_Get',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Authorization/policyAssignments/read, or any role at the scope',
    summary: 'One policy assignment.',
    query: { $expand: 'unsupported' },
    async handle(context, request) {
      return ok(toWirePolicyAssignment(await getPolicyAssignment(context, scopeOf(request), nameOf(request))))
    },
  },
  {
    ...common,
    id: 'PolicyAssignments_Update',
    method: 'PATCH',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Authorization/policyAssignments/write',
    summary: 'Changes the location of a policy assignment.',
    body: policyAssignmentPatchBody,
    async handle(context, request) {
      const { location } = parseBody(request, policyAssignmentPatchBody)
      return ok(
        toWirePolicyAssignment(await relocatePolicyAssignment(context, scopeOf(request), nameOf(request), location)),
      )
    },
  },
  {
    ...common,
    id: 'PolicyAssignments_Delete',
    method: 'DELETE',
    path: one,
    statuses: [200, 204],
    permission: 'Microsoft.Authorization/policyAssignments/delete',
    summary: 'Takes a policy out of force, and answers what it was.',
    async handle(context, request) {
      const deleted = await removePolicyAssignment(context, scopeOf(request), nameOf(request))
      return deleted ? ok(toWirePolicyAssignment(deleted)) : noContent()
    },
  },
  {
    ...common,
    id: 'PolicyAssignments_ListForScope',
    method: 'GET',
    path: list,
    statuses: [200],
    permission: 'Microsoft.Authorization/policyAssignments/read, or any role at the scope',
    summary: 'Policies in force at a scope, above it and below it.',
    query: { $filter: 'optional', $top: 'optional', $expand: 'unsupported' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const found = await listPolicyAssignmentsOfScope(context, {
        scope: scopeOf(request),
        ...parsePolicyAssignmentFilter(queryValue(request, '$filter')),
        after,
        limit: top + 1,
      })
      const { rows, next } = splitPage(found, top, keyOfPolicyAssignment)
      return ok(toPage(request, rows.map(toWirePolicyAssignment), next))
    },
  },
]
