import { forbidden, invalid } from '../domain/refusal.ts'
import { enteringRefusal, leavingRefusal, type SubscriptionPolicy } from '../domain/resource/subscription-policy.ts'
import { findAssignee } from '../store/access-facts.ts'
import {
  findSubscriptionPolicy,
  lockSubscriptionPolicy,
  replaceSubscriptionPolicy,
} from '../store/subscription-policy.ts'
import { appendAudit } from './audit.ts'
import { allowsResource, isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** SUB-23: everybody of the tenant may know the setting; the exempt list is for those who edit it. */
export async function readSubscriptionPolicy(
  context: OperationContext,
): Promise<Omit<SubscriptionPolicy, 'exemptPrincipals'> & Partial<SubscriptionPolicy>> {
  const { exemptPrincipals, ...setting } = await findSubscriptionPolicy(context.db, context.caller.tenantId)
  return (await isElevatedAdministrator(context)) ? { ...setting, exemptPrincipals } : setting
}

/** ACC-7: a Global administrator who has deliberately taken access to the tenant's subscriptions. */
async function isElevatedAdministrator(context: OperationContext): Promise<boolean> {
  return (
    (await isGlobalAdministrator(context, context.caller.tenantId)) &&
    (await allowsResource(context, 'Microsoft.Authorization/roleAssignments/write', '/'))
  )
}

type WantedPolicy = Omit<SubscriptionPolicy, 'tenantId'>

/** The whole setting; the same again leaves no trace. */
export async function putSubscriptionPolicy(
  context: OperationContext,
  wanted: WantedPolicy,
): Promise<SubscriptionPolicy> {
  const { tenantId, objectId, name } = context.caller
  if (!(await isElevatedAdministrator(context)))
    throw forbidden(
      'AuthorizationFailed',
      `The client '${name}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.Subscription/policies/write' over the tenant '${tenantId}'.`,
      {
        details: [
          {
            code: 'ElevatedGlobalAdministratorRequired',
            message:
              'A Global administrator of the tenant edits the policy, after elevating access (POST /providers/Microsoft.Authorization/elevateAccess).',
          },
        ],
      },
    )
  const exemptPrincipals = [...new Set(wanted.exemptPrincipals)].sort()
  for (const id of exemptPrincipals)
    if ((await findAssignee(context.db, tenantId, id))?.kind !== 'user')
      throw invalid(
        'PrincipalNotFound',
        `'${id}' is not a user of the tenant '${tenantId}'. Exempt members and guests of the tenant by their object ids.`,
        'exemptedPrincipals',
      )
  const before = await lockSubscriptionPolicy(context.db, tenantId)
  const after = { tenantId, ...wanted, exemptPrincipals }
  if (JSON.stringify(audited(before)) === JSON.stringify(audited(after))) return after
  await replaceSubscriptionPolicy(context.db, after, objectId, context.now)
  await appendAudit(context, {
    action: 'Microsoft.Subscription/policies/write',
    scope: `/tenants/${tenantId}/providers/Microsoft.Subscription/policies/default`,
    before: audited(before),
    after: audited(after),
  })
  return after
}

const audited = ({ blocksLeaving, blocksEntering, exemptPrincipals }: SubscriptionPolicy) => ({
  blocksLeaving,
  blocksEntering,
  exemptPrincipals,
})

interface Account {
  readonly tenantId: string
  readonly principalId: string
}

/** Whether the account may let a subscription out of its tenant. */
export async function requireLeavingAllowed({ db }: Pick<OperationContext, 'db'>, from: Account): Promise<void> {
  const refusal = leavingRefusal(await findSubscriptionPolicy(db, from.tenantId), from.principalId)
  if (refusal) throw refusal
}

/** Whether the account that gives it away may let it out, and the account that takes it may bring it in. */
export async function requireSubscriptionPassage(
  { db }: Pick<OperationContext, 'db'>,
  from: Account,
  to: Account,
): Promise<void> {
  const refusal =
    leavingRefusal(await findSubscriptionPolicy(db, from.tenantId), from.principalId) ??
    enteringRefusal(await findSubscriptionPolicy(db, to.tenantId), to.principalId)
  if (refusal) throw refusal
}
