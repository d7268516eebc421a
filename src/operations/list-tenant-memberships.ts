import { listTenantMemberships, type TenantMembership } from '../store/tenant-membership.ts'
import type { OperationContext } from './context.ts'

export type { TenantMembership } from '../store/tenant-membership.ts'

/** TEN-7: the one home and every tenant where the caller is a guest, from whichever of them the token is for. */
export const listMembershipsOfCaller = (context: OperationContext): Promise<TenantMembership[]> =>
  listTenantMemberships(context.db, context.caller)
