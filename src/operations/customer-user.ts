import type { UserAccount } from '../domain/directory/user-account.ts'
import { forbidden } from '../domain/refusal.ts'
import { listUsers } from '../store/user-account.ts'
import { allowsDirectoryPermission } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requireCustomer } from './read-customer.ts'

export type CustomerUser = UserAccount

/** ACC-13, PAR-20: seeing into a customer's directory takes the console role and the privileges that it delegated. */
export async function listCustomerUsers(
  context: OperationContext,
  tenantId: string,
  page: { after?: string | undefined; limit: number },
): Promise<CustomerUser[]> {
  const { customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  if (!(await allowsDirectoryPermission(context, customer.tenantId, 'users/read')))
    throw forbidden(
      'DelegatedPrivilegesMissing',
      `Nobody has delegated the administration of tenant '${customer.tenantId}' to '${context.caller.name}'. Request a relationship with delegated admin privileges and let a Global administrator of the customer accept it.`,
      { details: [{ code: 'DelegatedPrivilegesMissing', message: 'Delegated admin privileges are missing.' }] },
    )
  return listUsers(context.db, customer.tenantId, {}, page)
}
