import { customerNotFound } from '../domain/partner/customer.ts'
import { activeSubscriptionsLeft } from '../domain/partner/relationship.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { notFound } from '../domain/refusal.ts'
import { type Customer, findCustomer, lockCustomer } from '../store/customer.ts'
import { listSoldSubscriptions } from '../store/customer-order.ts'
import { listPartnersOfCustomer, type MyPartner } from '../store/my-partner.ts'
import { endDelegatedPrivileges, endRelationship } from '../store/partner-relationship.ts'
import { customerScope } from './add-customer.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireCustomer } from './read-customer.ts'
import { statusOfSold } from './sold-subscription.ts'

export type { MyPartner } from '../store/my-partner.ts'

/** PAR-13: every partner of the caller's tenant, and which of them hold delegated privileges. */
export async function listMyPartners(context: OperationContext): Promise<MyPartner[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'partnerRelationships/read')
  return listPartnersOfCustomer(context.db, context.caller.tenantId)
}

/** PAR-10: the directory roles go at once; roles on subscriptions stay until somebody removes them there. */
export async function removeDelegatedPrivileges(context: OperationContext, partnerId: string): Promise<MyPartner> {
  const { db, caller, now } = context
  await authorizeDirectory(context, caller.tenantId, 'partnerRelationships/update')
  const id = partnerId.toLowerCase()
  if (isGuid(id)) await lockCustomer(db, id, caller.tenantId)
  const partner = (await listPartnersOfCustomer(db, caller.tenantId)).find((one) => one.partnerId === id)
  if (!partner) throw notFound('PartnerNotFound', `The tenant has no partner '${partnerId}'.`)
  const isEnded = await endDelegatedPrivileges(db, {
    partnerId: id,
    tenantId: caller.tenantId,
    at: now,
    by: caller.objectId,
  })
  if (isEnded)
    await appendAudit(context, {
      action: 'Tenantry.Partner/myPartners/removeDelegatedPrivileges/action',
      scope: customerScope({ id }, caller.tenantId),
      before: { delegatedPrivileges: true },
      after: { delegatedPrivileges: false },
    })
  return { ...partner, hasDelegatedPrivileges: false }
}

/** PAR-14: by a Global administrator of the partner, when nothing that it sells to the customer is active any more. */
export async function removeRelationship(context: OperationContext, tenantId: string): Promise<Customer> {
  const { db, caller, now } = context
  const { partner, customer } = await requireCustomer(context, 'removeRelationship', tenantId)
  await lockCustomer(db, partner.id, customer.tenantId)
  const sold = await listSoldSubscriptions(db, { partnerId: partner.id, tenantId: customer.tenantId })
  const active = sold.filter((one) => statusOfSold(one) === 'active')
  if (active.length > 0) throw activeSubscriptionsLeft(active)
  const standing = { partnerId: partner.id, tenantId: customer.tenantId, at: now, by: caller.objectId }
  await endDelegatedPrivileges(db, standing)
  await endRelationship(db, standing)
  await appendAudit(context, {
    action: 'Tenantry.Partner/customers/delete',
    scope: customerScope(partner, customer.tenantId),
    before: { isRelated: true, delegatedPrivileges: customer.hasDelegatedPrivileges },
    after: { isRelated: false, delegatedPrivileges: false },
  })
  const left = await findCustomer(db, partner.id, customer.tenantId)
  if (!left) throw customerNotFound(tenantId)
  return left
}
