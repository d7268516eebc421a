import { customerAgreement } from '../../../src/domain/partner/customer.ts'
import { type Success, version } from '../stage.ts'

const billingProfile = (companyName: string) => ({
  Culture: 'EN-US',
  Email: 'gena@wingtip.example',
  Language: 'En',
  CompanyName: companyName,
  DefaultAddress: { FirstName: 'Gena', LastName: 'Soto', AddressLine1: 'Storgatan 1', Country: 'SE' },
})

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
