import { z } from 'zod'
import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { guid, parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { listAllowedTasks } from '../../operations/billing-access.ts'
import {
  assignBillingRole,
  getRoleAssignment,
  listRoleAssignments,
  listRoleDefinitions,
  revokeBillingRole,
} from '../../operations/billing-role.ts'
import type { OperationContext } from '../../operations/context.ts'
import { notFound } from '../../domain/refusal.ts'
import { toWireAssignment, toWireDefinition, toWirePermissions } from './billing-role.wire.ts'

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const section = `${profile}/invoiceSections/{invoiceSectionName}`

const assignmentBody = z.object({
  principalId: guid,
  principalTenantId: guid.optional(),
  roleDefinitionId: z.string().max(512),
})

/** Published under three names, one for each kind of scope, and otherwise the same. */
function operationsAt(path: string, suffix: string, tasks: { view: string; grant: string }) {
  const assignments = `${path}/billingRoleAssignments`
  const operations: readonly Operation<OperationContext>[] = [
    {
      ...common,
      id: `BillingRoleAssignments_ListBy${suffix}`,
      method: 'GET',
      path: assignments,
      statuses: [200],
      permission: tasks.view,
      summary: 'Who has which billing role here.',
      async handle(context, request) {
        const { after, top } = readPage(request)
        const assigned = await listRoleAssignments(context, scopeOf(request), { after, limit: top + 1 })
        const { rows, next } = splitPage(assigned, top, (assignment) => assignment.name)
        return ok(toPage(request, rows.map(toWireAssignment), next))
      },
    },
    {
      ...common,
      id: `BillingRoleAssignments_GetBy${suffix}`,
      method: 'GET',
      path: `${assignments}/{billingRoleAssignmentName}`,
      statuses: [200],
      permission: tasks.view,
      summary: 'One assignment of a billing role.',
      async handle(context, request) {
        const name = pathParameter(request, 'billingRoleAssignmentName')
        return ok(toWireAssignment(await getRoleAssignment(context, scopeOf(request), name)))
      },
    },
    {
      ...common,
      id: `BillingRoleAssignments_DeleteBy${suffix}`,
      method: 'DELETE',
      path: `${assignments}/{billingRoleAssignmentName}`,
      statuses: [200],
      permission: tasks.grant,
      summary: 'Takes a billing role back; the last one at a scope stays.',
      async handle(context, request) {
        const name = pathParameter(request, 'billingRoleAssignmentName')
        return ok(toWireAssignment(await revokeBillingRole(context, scopeOf(request), name)))
      },
    },
    {
      ...common,
      apiVersions: ['2024-04-01'],
      id: `BillingRoleAssignments_CreateBy${suffix}`,
      method: 'POST',
      path: `${path}/createBillingRoleAssignment`,
      statuses: [201],
      permission: tasks.grant,
      summary: 'Gives a billing role.',
      body: assignmentBody,
      async handle(context, request) {
        const { principalId, principalTenantId, roleDefinitionId } = parseBody(request, assignmentBody)
        const wanted = { principalId, principalTenantId, roleDefinitionId }
        return created(toWireAssignment(await assignBillingRole(context, scopeOf(request), wanted)))
      },
    },
    {
      ...common,
      id: `BillingRoleDefinitions_ListBy${suffix}`,
      method: 'GET',
      path: `${path}/billingRoleDefinitions`,
      statuses: [200],
      permission: tasks.view,
      summary: 'The billing roles that can be given here.',
      async handle(context, request) {
        const { scope, definitions } = await listRoleDefinitions(context, scopeOf(request))
        return ok({ value: definitions.map((definition) => toWireDefinition(scope, definition)) })
      },
    },
    {
      ...common,
      id: `BillingRoleDefinitions_GetBy${suffix}`,
      method: 'GET',
      path: `${path}/billingRoleDefinitions/{billingRoleDefinitionName}`,
      statuses: [200],
      permission: tasks.view,
      summary: 'A billing role.',
      async handle(context, request) {
        const { scope, definitions } = await listRoleDefinitions(context, scopeOf(request))
        const name = pathParameter(request, 'billingRoleDefinitionName').toLowerCase()
        const found = definitions.find((definition) => definition.id === name)
        if (!found) throw notFound('BillingRoleDefinitionNotFound', `The billing role '${name}' cannot be given here.`)
        return ok(toWireDefinition(scope, found))
      },
    },
    {
      ...common,
      id: `BillingPermissions_ListBy${suffix === 'InvoiceSection' ? 'InvoiceSections' : suffix}`,
      method: 'GET',
      path: `${path}/billingPermissions`,
      statuses: [200],
      permission: 'any billing role in the account',
      summary: 'What the caller may do here, by the rows of the role matrix.',
      async handle(context, request) {
        return ok({ value: [toWirePermissions(await listAllowedTasks(context, scopeOf(request)))] })
      },
    },
  ]
  return operations
}

export const billingRoleOperations: readonly Operation<OperationContext>[] = [
  ...operationsAt(account, 'BillingAccount', {
    view: 'A1 View role assignments of the account',
    grant: 'A2 Grant or revoke roles on the account',
  }),
  ...operationsAt(profile, 'BillingProfile', {
    view: 'P1 View role assignments of the profile',
    grant: 'P2 Grant or revoke roles on the profile',
  }),
  ...operationsAt(section, 'InvoiceSection', {
    view: 'S1 View role assignments of the section',
    grant: 'S2 Grant or revoke roles on the section',
  }),
]

function scopeOf(request: ApiRequest): BillingScope {
  return {
    account: pathParameter(request, 'billingAccountName'),
    profile: request.params.billingProfileName,
    section: request.params.invoiceSectionName,
  }
}
