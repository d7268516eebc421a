import {
  allowsBilling,
  allowsGlobalAdministratorInBilling,
  type BillingTask,
  billingRoleDefinitions,
  describeBillingTask,
  rolesAllowedTo,
} from '../domain/access/billing-roles.ts'
import { directoryRoleIds } from '../domain/access/directory-roles.ts'
import { allowsConsoleInBilling } from '../domain/access/partner-console.ts'
import { forbidden, notFound } from '../domain/refusal.ts'
import { findBillingAccountTenant, loadBillingGrants, loadDirectoryRoles } from '../store/access-facts.ts'
import { findPartnerOfAccount } from '../store/partner.ts'
import { consoleRolesIn } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'

type BillingContext = Pick<OperationContext, 'db' | 'caller'>

/** Refuses unless a billing role of the caller, at the scope or above, allows the task of the matrix (BIL-16, ACC-9). */
export async function authorizeBilling(context: BillingContext, task: BillingTask, scope: string): Promise<void> {
  const decision = await decide(context, task, scope)
  if (decision === 'allowed') return
  const account = accountNameOf(scope) ?? ''
  if (decision === 'unknown')
    throw notFound('BillingAccountNotFound', `The billing account '${account}' could not be found.`)
  const { name, objectId } = context.caller
  const roles = rolesAllowedTo(task).map(
    (role) => `'${billingRoleDefinitions.find((definition) => definition.role === role)?.name ?? role}'`,
  )
  const needed =
    roles.length === 0 ? 'No billing role allows this.' : `One of these billing roles allows it: ${roles.join(', ')}.`
  throw forbidden(
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform the billing task '${describeBillingTask(task)}' (${task}) over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    {
      details: [
        {
          code: 'BillingRoleRequired',
          message: `${needed} Check that the right role is assigned, that the invitation is accepted, and that the token is for the right tenant.`,
        },
      ],
    },
  )
}

export async function allowsBillingTask(context: BillingContext, task: BillingTask, scope: string): Promise<boolean> {
  return (await decide(context, task, scope)) === 'allowed'
}

async function decide(
  context: BillingContext,
  task: BillingTask,
  scope: string,
): Promise<'allowed' | 'refused' | 'unknown'> {
  const name = accountNameOf(scope)
  const account = name === undefined ? undefined : await findBillingAccountTenant(context.db, name)
  if (!account) return 'unknown'
  const grants = await loadBillingGrants(context.db, context.caller, account.name)
  // BIL-3: an account is reached from its own tenant; from another one only by a role that was given there (OWN-13).
  if (account.tenantId !== context.caller.tenantId && grants.length === 0) return 'unknown'
  if (allowsBilling(task, grants, scope)) return 'allowed'
  if (account.tenantId === context.caller.tenantId && allowsGlobalAdministratorInBilling(task)) {
    const { roleTemplateIds } = await loadDirectoryRoles(context.db, context.caller)
    if (roleTemplateIds.includes(directoryRoleIds.globalAdministrator)) return 'allowed'
  }
  if (account.agreementType === 'MicrosoftPartnerAgreement') {
    const partner = await findPartnerOfAccount(context.db, account.name)
    if (partner && allowsConsoleInBilling(task, await consoleRolesIn(context, partner))) return 'allowed'
  }
  return 'refused'
}

function accountNameOf(scope: string): string | undefined {
  return /^\/+providers\/+Microsoft\.Billing\/+billingAccounts\/+([^/]+)/i.exec(scope)?.[1]
}
