import { z } from 'zod'
import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { guid, parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  assignBillingRole,
  checkBillingAccess,
  getRoleAssignment,
  listBillingActions,
  listRoleAssignments,
  listRoleDefinitions,
  revokeBillingRole,
} from '../../operations/billing-role.ts'
import type { OperationContext } from '../../operations/context.ts'
import { notFound } from '../../domain/refusal.ts'
import { toWireAssignment, toWireDefinition, toWirePermissions } from './billing-role.wire.ts'

/** Roles look the same in both versions; only the newer one can give them. */
const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const section = `${profile}/invoiceSections/{invoiceSectionName}`

const assignmentBody = z.object({
  principalId: guid,
  principalTenantId: guid.optional(),
  roleDefinitionId: z.string().max(512),
})

const checkAccessBody = z.object({ actions: z.array(z.string().max(256)).max(200) })

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
      statuses: [200],
      permission: tasks.grant,
      summary: 'Gives a billing role.',
      body: assignmentBody,
      async handle(context, request) {
        const { principalId, principalTenantId, roleDefinitionId } = parseBody(request, assignmentBody)
        const wanted = { principalId, principalTenantId, roleDefinitionId }
        return ok(toWireAssignment(await assignBillingRole(context, scopeOf(request), wanted)))
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
        return ok({ value: [toWirePermissions(await listBillingActions(context, scopeOf(request)))] })
      },
    },
    {
      ...common,
      apiVersions: ['2024-04-01'],
      id: `BillingPermissions_CheckAccessBy${suffix}`,
      method: 'POST',
      path: `${path}/checkAccess`,
      statuses: [200],
      permission: 'any billing role in the account',
      summary: 'Whether the caller may do each of these actions here.',
      body: checkAccessBody,
      async handle(context, request) {
        const { actions } = parseBody(request, checkAccessBody)
        const checked = await checkBillingAccess(context, scopeOf(request), actions)
        return ok(
          checked.map(({ action, isAllowed }) => ({
            action,
            accessDecision: isAllowed === undefined ? 'Other' : isAllowed ? 'Allowed' : 'NotAllowed',
          })),
        )
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
