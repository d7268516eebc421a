import { type BillingGrant, type BillingRole, findBillingRole } from './billing-roles.ts'
import { covers, scopeKey } from './scope.ts'

/** Whose tables hold: those of March 2021, or those with what the edition of 2026 adds (BIL-17, DEC-21). */
export type BillingRolesEdition = '2021' | '2026'

const createToo: readonly BillingRole[] = ['IM']
const cancelTheirOwn: readonly BillingRole[] = ['IM', 'SC']

/** Invoice managers also create subscriptions that the profile pays for. */
export const addsCreation = (edition: BillingRolesEdition, grants: readonly BillingGrant[], section: string): boolean =>
  edition === '2026' && holds(grants, createToo, section)

/** Invoice managers and subscription creators also cancel those that they created. */
export const addsCancelling = (
  edition: BillingRolesEdition,
  grants: readonly BillingGrant[],
  section: string,
  isCreator: boolean,
): boolean => edition === '2026' && isCreator && holds(grants, cancelTheirOwn, section)

function holds(grants: readonly BillingGrant[], roles: readonly BillingRole[], scope: string): boolean {
  return grants.some((grant) => {
    const role = findBillingRole(grant.roleDefinitionName)?.role
    return role !== undefined && roles.includes(role) && covers(scopeKey(grant.scope), scopeKey(scope))
  })
}
