import { sql } from 'kysely'
import type { Address } from '../domain/billing/address.ts'
import { json, type Db } from './db.ts'

/** A partner's customer; its id is the id of its tenant. */
export interface Customer {
  readonly partnerId: string
  readonly tenantId: string
  readonly companyName: string
  /** Through which it pays where nothing else is said; null where the partner does not sell (PAR-1). */
  readonly billingProfileName: string | null
  readonly email: string | null
  readonly culture: string
  readonly language: string
  readonly defaultAddress: Address
  readonly createdAt: Date
  readonly createdBy: string
  readonly revision: bigint
  /** The initial domain of the customer's tenant. */
  readonly domain: string
  readonly isRelated: boolean
  /** PAR-7: whether the partner's agents hold directory roles in the customer's tenant. */
  readonly hasDelegatedPrivileges: boolean
}

export type NewCustomer = Omit<Customer, 'revision' | 'domain' | 'isRelated' | 'hasDelegatedPrivileges'>

function select(db: Db) {
  return db
    .selectFrom('customer as c')
    .innerJoin('tenant_domain as d', (join) =>
      join.onRef('d.tenant_id', '=', 'c.tenant_id').on('d.is_initial', '=', true),
    )
    .select([
      'c.partner_id as partnerId',
      'c.tenant_id as tenantId',
      'c.company_name as companyName',
      'c.billing_profile_name as billingProfileName',
      'c.email',
      'c.culture',
      'c.language',
      'c.default_address as defaultAddress',
      'c.created_at as createdAt',
      'c.created_by as createdBy',
      'c.revision',
      'd.name as domain',
      sql<boolean>`exists (select from partner_relationship r where r.partner_id = c.partner_id
        and r.tenant_id = c.tenant_id and upper_inf(r.during))`.as('isRelated'),
      sql<boolean>`exists (select from delegated_privilege g where g.partner_id = c.partner_id
        and g.tenant_id = c.tenant_id and upper_inf(g.during))`.as('hasDelegatedPrivileges'),
    ])
}

/** Also one whose relationship has ended; `isRelated` tells. */
export async function findCustomer(db: Db, partnerId: string, tenantId: string): Promise<Customer | undefined> {
  return select(db).where('c.partner_id', '=', partnerId).where('c.tenant_id', '=', tenantId).executeTakeFirst()
}

/** Keeps two changes of what lies between the partner and the customer from missing each other. */
export async function lockCustomer(db: Db, partnerId: string, tenantId: string): Promise<void> {
  await db
    .selectFrom('customer')
    .select('tenant_id')
    .where('partner_id', '=', partnerId)
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .execute()
}

export interface CustomerFilter {
  readonly companyNamePrefix?: string
  readonly domainPrefix?: string
  /** Those who pay through it, or would. */
  readonly billingProfileName?: string
  readonly isRelated?: true
}

function filtered(db: Db, partnerId: string, filter: CustomerFilter) {
  let query = select(db).where('c.partner_id', '=', partnerId)
  if (filter.isRelated)
    query = query.where(
      sql<boolean>`exists (select from partner_relationship r where r.partner_id = c.partner_id
        and r.tenant_id = c.tenant_id and upper_inf(r.during))`,
    )
  if (filter.companyNamePrefix !== undefined)
    query = query.where(sql<boolean>`starts_with(lower(c.company_name), ${filter.companyNamePrefix.toLowerCase()})`)
  if (filter.domainPrefix !== undefined)
    query = query.where(sql<boolean>`starts_with(d.name, ${filter.domainPrefix.toLowerCase()})`)
  if (filter.billingProfileName !== undefined)
    query = query.where(
      sql<boolean>`(c.billing_profile_name = ${filter.billingProfileName} or exists (select from billing_placement b
        where b.customer_name = c.tenant_id::text and b.billing_profile_name = ${filter.billingProfileName}
          and upper_inf(b.during)))`,
    )
  return query
}

/** By company name, then by id. */
export async function listCustomers(
  db: Db,
  partnerId: string,
  filter: CustomerFilter,
  page: { after?: string | undefined; limit: number },
): Promise<Customer[]> {
  let query = filtered(db, partnerId, filter)
  if (page.after !== undefined) {
    const [name, id] = JSON.parse(page.after) as [string, string]
    query = query.where(sql<boolean>`(c.company_name, c.tenant_id) > (${name}, ${id}::uuid)`)
  }
  return query.orderBy('c.company_name').orderBy('c.tenant_id').limit(page.limit).execute()
}

export const keyOfCustomer = ({ companyName, tenantId }: Customer): string => JSON.stringify([companyName, tenantId])

export async function countCustomers(db: Db, partnerId: string, filter: CustomerFilter): Promise<number> {
  const row = await db
    .selectFrom(filtered(db, partnerId, filter).as('found'))
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow()
  return row.count
}

export async function insertCustomer(db: Db, customer: NewCustomer): Promise<void> {
  await db
    .insertInto('customer')
    .values({
      partner_id: customer.partnerId,
      tenant_id: customer.tenantId,
      company_name: customer.companyName,
      billing_profile_name: customer.billingProfileName,
      email: customer.email,
      culture: customer.culture,
      language: customer.language,
      default_address: json(customer.defaultAddress),
      created_at: customer.createdAt,
      created_by: customer.createdBy,
    })
    .execute()
}

/** What the partner keeps of its customer for its own bills. */
export async function updateCustomerProfile(
  db: Db,
  customer: Pick<
    Customer,
    'partnerId' | 'tenantId' | 'companyName' | 'email' | 'culture' | 'language' | 'defaultAddress'
  >,
): Promise<void> {
  await db
    .updateTable('customer')
    .set((row) => ({
      company_name: customer.companyName,
      email: customer.email,
      culture: customer.culture,
      language: customer.language,
      default_address: json(customer.defaultAddress),
      revision: row('revision', '+', 1n),
    }))
    .where('partner_id', '=', customer.partnerId)
    .where('tenant_id', '=', customer.tenantId)
    .execute()
}
