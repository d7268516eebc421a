import type { ConsoleRight } from '../domain/access/partner-console.ts'
import type { Address } from '../domain/billing/address.ts'
import { customerNotFound } from '../domain/partner/customer.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import {
  countCustomers,
  type Customer,
  type CustomerFilter,
  findCustomer,
  listCustomers,
  lockCustomer,
  updateCustomerProfile,
} from '../store/customer.ts'
import type { Partner } from '../store/partner.ts'
import { appendAudit } from './audit.ts'
import { customerScope } from './add-customer.ts'
import { authorizeConsole } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'

export { keyOfCustomer } from '../store/customer.ts'
export type { Customer, CustomerFilter } from '../store/customer.ts'

/** A customer of the caller's partner, if a console role gives the right; those of others are not there (ACC-13). */
export async function requireCustomer(
  context: OperationContext,
  right: ConsoleRight,
  tenantId: string,
): Promise<{ partner: Partner; customer: Customer }> {
  const partner = await authorizeConsole(context, right)
  const id = tenantId.toLowerCase()
  const customer = isGuid(id) ? await findCustomer(context.db, partner.id, id) : undefined
  if (!customer?.isRelated) throw customerNotFound(tenantId)
  return { partner, customer }
}

export async function listOwnCustomers(
  context: OperationContext,
  filter: CustomerFilter,
  page: { after?: string | undefined; limit: number },
): Promise<{ customers: Customer[]; total: number }> {
  const partner = await authorizeConsole(context, 'viewCustomers')
  const wanted = { ...filter, isRelated: true } as const
  return {
    customers: await listCustomers(context.db, partner.id, wanted, page),
    total: await countCustomers(context.db, partner.id, wanted),
  }
}

export interface CustomerProfileChange {
  readonly companyName: string
  readonly email: string | undefined
  readonly culture: string
  readonly language: string
  readonly defaultAddress: Address
}

/** `check` sees the customer before it changes, held against others. */
export async function changeCustomerProfile(
  context: OperationContext,
  tenantId: string,
  change: CustomerProfileChange,
  check: (customer: Customer) => void,
): Promise<Customer> {
  const { partner, customer: seen } = await requireCustomer(context, 'viewCustomers', tenantId)
  await lockCustomer(context.db, partner.id, seen.tenantId)
  const { customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  check(customer)
  const changed = { ...customer, ...change, email: change.email ?? null }
  if (JSON.stringify(profileOf(changed)) === JSON.stringify(profileOf(customer))) return customer
  await updateCustomerProfile(context.db, changed)
  await appendAudit(context, {
    action: 'Tenantry.Partner/customers/profiles/write',
    scope: customerScope(partner, customer.tenantId),
    before: profileOf(customer),
    after: profileOf(changed),
  })
  return { ...changed, revision: customer.revision + 1n }
}

const profileOf = ({ companyName, email, culture, language, defaultAddress }: Customer) => ({
  companyName,
  email,
  culture,
  language,
  defaultAddress: Object.entries(defaultAddress).toSorted(([left], [right]) => (left < right ? -1 : 1)),
})
