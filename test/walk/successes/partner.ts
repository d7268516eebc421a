import { customerAgreement } from '../../../src/domain/partner/customer.ts'
import { type Success, version } from '../stage.ts'

const billingProfile = (companyName: string) => ({
  Culture: 'EN-US',
  Email: 'gena@wingtip.example',
  Language: 'En',
  CompanyName: companyName,
  DefaultAddress: { FirstName: 'Gena', LastName: 'Soto', AddressLine1: 'Storgatan 1', Country: 'SE' },
})

const orderOf = (customerId: string) => ({
  ReferenceCustomerId: customerId,
  LineItems: [{ LineItemNumber: 0, OfferId: 'MS-AZR-0145P', Quantity: 1, FriendlyName: 'Web' }],
})

const requests = `/providers/Tenantry.Partner/relationshipRequests?${version.ours}`

/** Partners and their customers. */
export const partnerSuccesses: Readonly<Record<string, Success>> = {
  'Tenantry.Partner.Partners_CreateOrUpdate': async (stage) => {
    const { tenant } = await stage.world.identities.workforce()
    return {
      as: stage.operator,
      path: `/providers/Tenantry.Partner/partners/${stage.guid()}?${version.ours}`,
      body: {
        properties: {
          tenantId: tenant.id,
          kind: 'direct',
          displayName: 'Wingtip',
          countryCode: 'SE',
          currencies: ['USD'],
        },
      },
    }
  },
  'v1.Customers_Create': async (stage) => {
    const label = stage.label('toys')
    return {
      as: (await stage.partner()).agent.client,
      path: '/v1/customers',
      body: { CompanyProfile: { Domain: `${label}.onmicrosoft.com` }, BillingProfile: billingProfile(label) },
    }
  },
  'v1.CustomerProfiles_UpdateBilling': async (stage) => {
    const { agent } = await stage.partner()
    const { id } = await stage.partners.customer(agent)
    const path = `/v1/customers/${id}/profiles/billing`
    const profile = await stage.did(agent.client.get(path))
    return {
      as: agent.client,
      path,
      headers: { 'if-match': profile.headers.etag ?? profile.body.attributes?.etag ?? '*' },
      body: { ...profile.body, companyName: 'Renamed Toys' },
    }
  },
  'v1.Customers_Update': async (stage) => {
    const { partner, agent } = await stage.partner()
    const { id } = await stage.partners.customer(agent)
    return {
      as: partner.administrator.client,
      path: `/v1/customers/${id}`,
      body: { RelationshipToPartner: 'none' },
    }
  },
  'Tenantry.Partner.RelationshipRequests_Create': async (stage) => ({
    as: (await stage.partner()).agent.client,
    path: requests,
    body: { properties: {} },
  }),
  'Tenantry.Partner.RelationshipRequests_Accept': async (stage) => {
    const { agent } = await stage.partner()
    const asked = await stage.did(agent.client.post(requests, { properties: {} }))
    const { pathname, search, hash } = new URL(asked.body.properties.link)
    stage.secrets.add(hash.slice(1))
    const { administrator } = await stage.world.identities.workforce()
    return {
      as: administrator.client,
      path: `${pathname}${search}`,
      body: { properties: { code: hash.slice(1) } },
    }
  },
  'Tenantry.Partner.MyPartners_RemoveDelegatedPrivileges': async (stage) => {
    const { partner, agent } = await stage.partner()
    const { administrator } = await stage.partners.customer(agent)
    return {
      as: administrator.client,
      path: `/providers/Tenantry.Partner/myPartners/${partner.id}/removeDelegatedPrivileges?${version.ours}`,
    }
  },
  'v1.Orders_Create': async (stage) => {
    const { agent } = await stage.partner()
    const customer = await stage.partners.customer(agent)
    await stage.partners.attest(agent, customer)
    return { as: agent.client, path: `/v1/customers/${customer.id}/orders`, body: orderOf(customer.id) }
  },
  'v1.Subscriptions_Update': async (stage) => {
    const { agent } = await stage.partner()
    const customer = await stage.partners.customer(agent)
    await stage.partners.attest(agent, customer)
    await stage.did(agent.client.post(`/v1/customers/${customer.id}/orders`, orderOf(customer.id)))
    const path = `/v1/customers/${customer.id}/subscriptions`
    const [sold] = (await stage.did(agent.client.get(path))).body.items
    return {
      as: agent.client,
      path: `${path}/${sold.id}`,
      headers: { 'if-match': sold.attributes?.etag ?? '*' },
      body: { ...sold, status: 'suspended' },
    }
  },
  'v1.Agreements_Create': async (stage) => {
    const { agent } = await stage.partner()
    const { id } = await stage.partners.customer(agent)
    return {
      as: agent.client,
      path: `/v1/customers/${id}/agreements`,
      body: {
        PrimaryContact: { FirstName: 'Gena', LastName: 'Soto', Email: 'gena@customer.example' },
        TemplateId: customerAgreement.templateId,
        DateAgreed: '2019-01-01',
        Type: 'MicrosoftCustomerAgreement',
      },
    }
  },
}
