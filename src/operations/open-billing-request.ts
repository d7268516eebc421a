import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { billingRequestDays, requestStatusAt } from '../domain/billing/billing-request.ts'
import { isMailAddress } from '../domain/mail/address.ts'
import type { AssociatedTenant } from '../store/associated-tenant.ts'
import {
  answerBillingRequest,
  type BillingRequest,
  findBillingRequest,
  findOpenRoleRequest,
  insertBillingRequest,
  listOpenRequestsOf,
  type NewBillingRequest,
} from '../store/billing-request.ts'
import { findUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { queueMail } from './queue-mail.ts'
import { scheduleDueWork } from './schedule-due-work.ts'

export const billingRequestId = (name: string): string => `/providers/Microsoft.Billing/billingRequests/${name}`

/** Kind of the due work that notes an expiry. */
export const billingRequestExpiry = 'billing-request-expiry'
const dayMs = 86_400_000

/** Asks the Global administrators of the tenant whether licences may be given to it (OWN-13). */
export async function askForProvisioning(
  context: OperationContext,
  { account, tenantId }: Pick<AssociatedTenant, 'account' | 'tenantId'>,
): Promise<string> {
  for (const asked of await listOpenRequestsOf(context.db, account, tenantId))
    if (asked.type === 'ProvisioningAccess') await noteExpiry(context, asked)
  return open(context, {
    type: 'ProvisioningAccess',
    account,
    tenantId,
    scope: `${billingAccountId(account)}/associatedTenants/${tenantId}`,
    principalId: null,
    roleDefinitionName: null,
  })
}

/** Asks a person of an associated tenant whether to take a role; asking again while that is open changes nothing. */
export async function askForRole(
  context: OperationContext,
  wanted: {
    readonly account: string
    readonly accountDisplayName: string
    readonly tenantId: string
    readonly scope: string
    readonly principalId: string
    readonly roleDefinitionName: string
    readonly roleName: string
  },
): Promise<BillingRequest> {
  const asked = await findOpenRoleRequest(context.db, wanted)
  if (asked && requestStatusAt(asked, context.now) === 'Pending') return asked
  if (asked) await noteExpiry(context, asked)
  const { account, tenantId, scope, principalId, roleDefinitionName } = wanted
  const of = { account, tenantId, scope, principalId, roleDefinitionName }
  const name = await open(context, { type: 'RoleAssignment', ...of })
  const person = await findUser(context.db, tenantId, principalId)
  const to = person?.mail ?? person?.userPrincipalName ?? ''
  if (isMailAddress(to))
    await queueMail(context, {
      to,
      subject: `${wanted.accountDisplayName}: ${wanted.roleName}`,
      text: [
        `${context.caller.name} offers you the role "${wanted.roleName}" on the billing account ${wanted.accountDisplayName}. It holds once you have approved it.`,
        `${context.caller.name} erbjuder dig rollen "${wanted.roleName}" för faktureringskontot ${wanted.accountDisplayName}. Den gäller när du har godkänt den.`,
        `${context.settings.baseUrl}${billingRequestId(name)}?api-version=2024-04-01`,
      ].join('\n\n'),
      kind: 'billing-request',
      relatedTo: billingRequestId(name),
    })
  const request = await findBillingRequest(context.db, name)
  if (!request) throw new Error(`the billing request ${name} was not stored`)
  return request
}

/** A question that is over makes room for the next one, also before the due work has noted it. */
async function noteExpiry({ db, now }: OperationContext, { name }: BillingRequest): Promise<void> {
  await answerBillingRequest(db, name, { status: 'Expired', at: now, by: null, byName: null, reason: null })
}

async function open(
  context: OperationContext,
  request: Pick<NewBillingRequest, 'type' | 'account' | 'tenantId' | 'scope' | 'principalId' | 'roleDefinitionName'>,
): Promise<string> {
  const { db, now, caller, random } = context
  const name = random.uuid()
  const expiresAt = new Date(now.getTime() + billingRequestDays * dayMs)
  await insertBillingRequest(db, {
    ...request,
    name,
    justification: null,
    createdAt: now,
    createdBy: caller.objectId,
    createdByName: caller.name,
    expiresAt,
  })
  await scheduleDueWork(context, { dueAt: expiresAt, kind: billingRequestExpiry, payload: { name } })
  const { type, tenantId, principalId, roleDefinitionName } = request
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingRequests/write',
    scope: request.scope,
    after: { name, type, tenantId, principalId, role: roleDefinitionName, status: 'Pending' },
  })
  return name
}
