import { notFound } from '../../domain/refusal.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { splitPage } from '../../http/paging.ts'
import { addCustomer, isDomainInUse } from '../../operations/add-customer.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listCustomerUsers } from '../../operations/customer-user.ts'
import { removeRelationship } from '../../operations/my-partner.ts'
import {
  changeCustomerProfile,
  keyOfCustomer,
  listOwnCustomers,
  requireCustomer,
} from '../../operations/read-customer.ts'
import { parsePartnerCenterBody, partnerCenter, readSize, requireCurrentEtag, toCollection } from './convention.ts'
import {
  billingProfileBody,
  customerBody,
  fromWireBillingProfile,
  fromWireCustomer,
  readCustomerFilter,
  relationshipBody,
  toWireBillingProfile,
  toWireCompanyProfile,
  toWireCustomer,
  toWireCustomerUser,
  toWireListedCustomer,
} from './customer.wire.ts'

const customers = '/v1/customers'
const customer = `${customers}/{customerId}`
const idOf = (request: ApiRequest): string => pathParameter(request, 'customerId')

export const customerOperations: readonly Operation<OperationContext>[] = [
  {
    ...partnerCenter,
    id: 'Customers_Create',
    method: 'POST',
    path: customers,
    statuses: [201],
    permission: 'console right addCustomer',
    summary: "Adds a customer: makes its tenant, and answers its administrator's first password once.",
    body: customerBody,
    async handle(context, request) {
      const added = await addCustomer(context, fromWireCustomer(parsePartnerCenterBody(request, customerBody)))
      const { userName, password } = added
      const shown = toWireCustomer(added.customer)
      return {
        ...created({ ...shown, userCredentials: { userName, password } }),
        isShownOnce: true,
        bodyOnRepeat: { ...shown, userCredentials: { userName } },
      }
    },
  },
  {
    ...partnerCenter,
    id: 'Customers_List',
    method: 'GET',
    path: customers,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: "The partner's customers by name, also by the beginning of a name or a domain.",
    query: { size: 'optional', filter: 'optional', $skiptoken: 'optional', seekOperation: 'optional' },
    async handle(context, request) {
      const page = readSize(request)
      const found = await listOwnCustomers(context, readCustomerFilter(request), {
        after: page.after,
        limit: page.top + 1,
      })
      const { rows, next } = splitPage(found.customers, page.top, keyOfCustomer)
      return ok(toCollection(request, rows.map(toWireListedCustomer), found.total, next))
    },
  },
  {
    ...partnerCenter,
    id: 'Customers_Get',
    method: 'GET',
    path: customer,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'A customer with its profiles.',
    async handle(context, request) {
      return ok(toWireCustomer((await requireCustomer(context, 'viewCustomers', idOf(request))).customer))
    },
  },
  {
    ...partnerCenter,
    id: 'Customers_Update',
    method: 'PATCH',
    path: customer,
    statuses: [200],
    permission: 'console right removeRelationship',
    summary: 'Removes the relationship with a customer who has no active subscription left.',
    body: relationshipBody,
    async handle(context, request) {
      parsePartnerCenterBody(request, relationshipBody)
      return ok(toWireCustomer(await removeRelationship(context, idOf(request))))
    },
  },
  {
    ...partnerCenter,
    id: 'CustomerUsers_List',
    method: 'GET',
    path: `${customer}/users`,
    statuses: [200],
    permission: 'console right viewCustomers and delegated privileges with users/read',
    summary: "The users of the customer's tenant, by delegated privileges.",
    query: { size: 'optional', $skiptoken: 'optional', filter: 'unsupported' },
    async handle(context, request) {
      const page = readSize(request)
      const users = await listCustomerUsers(context, idOf(request), { after: page.after, limit: page.top + 1 })
      const { rows, next } = splitPage(users, page.top, (user) => user.id)
      return ok(toCollection(request, rows.map(toWireCustomerUser), rows.length, next))
    },
  },
  {
    ...partnerCenter,
    id: 'CustomerProfiles_GetCompany',
    method: 'GET',
    path: `${customer}/profiles/company`,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'Name, tenant and domain of a customer.',
    async handle(context, request) {
      return ok(toWireCompanyProfile((await requireCustomer(context, 'viewCustomers', idOf(request))).customer))
    },
  },
  {
    ...partnerCenter,
    id: 'CustomerProfiles_GetBilling',
    method: 'GET',
    path: `${customer}/profiles/billing`,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'Address and contact of a customer, as the partner keeps them.',
    async handle(context, request) {
      return ok(toWireBillingProfile((await requireCustomer(context, 'viewCustomers', idOf(request))).customer))
    },
  },
  {
    ...partnerCenter,
    id: 'CustomerProfiles_UpdateBilling',
    method: 'PUT',
    path: `${customer}/profiles/billing`,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'Replaces address and contact of a customer; needs If-Match.',
    body: billingProfileBody,
    async handle(context, request) {
      const change = fromWireBillingProfile(parsePartnerCenterBody(request, billingProfileBody))
      const changed = await changeCustomerProfile(context, idOf(request), change, (current) =>
        requireCurrentEtag(request, current.revision),
      )
      return ok(toWireBillingProfile(changed))
    },
  },
  {
    ...partnerCenter,
    id: 'Domains_CheckExistence',
    method: 'HEAD',
    path: '/v1/domains/{domain}',
    statuses: [200],
    permission: 'console right addCustomer',
    summary: 'Whether a domain is taken; 404 says that it is free.',
    async handle(context, request) {
      const domain = pathParameter(request, 'domain')
      if (await isDomainInUse(context, domain)) return { status: 200 }
      throw notFound('DomainNotFound', `The domain '${domain}' is free.`)
    },
  },
]
