import type { InvoiceDocument, InvoiceLine } from '../../src/domain/billing/invoice-document.ts'

const line = (over: Partial<InvoiceLine>): InvoiceLine => ({
  lineNumber: 1,
  chargeType: 'Usage',
  description: { key: 'usage', parameters: { product: 'Virtual machines', resource: 'vm1' } },
  usagePeriod: '2019-11',
  from: '2019-11-01T00:00:00.000Z',
  to: '2019-12-01T00:00:00.000Z',
  subscriptionId: '11111111-1111-4111-8111-111111111111',
  subscriptionName: 'Production',
  meterId: 'vm-hours',
  resource: null,
  identityTenant: null,
  unit: 'hours',
  quantity: '1',
  includedQuantity: '0',
  unitPrice: '0.01',
  effectiveUnitPrice: '0.01',
  parts: [],
  priceList: { name: 'illustration', version: 1 },
  pricingCurrency: 'USD',
  exchangeRate: null,
  amount: '0.01',
  charge: '0.01',
  credit: '0.00',
  taxRate: '25',
  tax: '0.00',
  total: '0.01',
  adjustment: null,
  ...over,
})

const summary = {
  charges: '10.50',
  credits: '0.00',
  creditsApplied: '0.00',
  subtotal: '10.50',
  tax: '2.63',
  total: '13.13',
}

/** The month of change of RULES 6.4 as a document: 300 authentications and 150 monthly active users. */
export const sampleInvoice: InvoiceDocument = {
  schema: 'tenantry.invoice.v1',
  documentType: 'Invoice',
  issue: { number: 'INV-2019-000001', invoiceDate: '2019-12-04T00:00:00.000Z', dueDate: '2020-01-03T00:00:00.000Z' },
  paymentTermsDays: 30,
  period: { name: '2019-11', from: '2019-11-01T00:00:00.000Z', to: '2019-12-01T00:00:00.000Z' },
  currency: 'USD',
  language: 'en',
  seller: {
    version: 1,
    legalName: 'Nordic Cloud Works AB',
    address: {
      companyName: 'Nordic Cloud Works AB',
      addressLine1: 'Storgatan 1',
      postalCode: '111 22',
      city: 'Stockholm',
      country: 'SE',
    },
    taxId: 'SE556677889901',
    bankDetails: { bankName: 'Storbanken', iban: 'SE35 5000 0000 0549 1000 0003', bic: 'ESSESESS' },
    paymentTermsDays: 30,
  },
  billingAccount: {
    name: 'ba',
    displayName: 'Contoso',
    soldTo: {
      companyName: 'Contoso Ltd',
      addressLine1: 'Ångermannagatan 12',
      postalCode: '162 64',
      city: 'Vällingby',
      country: 'SE',
    },
  },
  billingProfile: {
    name: 'bp',
    displayName: 'Contoso Europe',
    billTo: {
      companyName: 'Contoso Ltd',
      addressLine1: 'Box 42',
      postalCode: '162 64',
      city: 'Vällingby',
      country: 'SE',
    },
    poNumber: 'PO-7781',
    taxId: null,
  },
  creditFor: null,
  cutoff: { reportedUntil: '2026-11-03T23:59:58.000Z' },
  summary,
  taxGroups: [{ rate: '25', isReverseCharge: false, taxable: '10.50', tax: '2.63' }],
  priceLists: [{ name: 'illustration', version: 1, currency: 'USD', effectiveFrom: '2019-01-01T00:00:00.000Z' }],
  exchangeRates: [],
  sections: [
    {
      name: 'AAAA-BBBB-CCC-DDD',
      kind: 'section',
      displayName: 'Customer sign-in',
      summary,
      products: [
        {
          name: { en: 'External identities', sv: 'Externa identiteter' },
          serviceFamilies: [
            {
              name: 'Identity',
              lines: [
                line({
                  lineNumber: 1,
                  description: {
                    key: 'authentications',
                    parameters: { tenant: 'contosoid.onmicrosoft.com', until: '2019-11-10T14:23:07.000Z' },
                  },
                  to: '2019-11-10T14:23:07.000Z',
                  meterId: 'authentications',
                  unit: 'authentications',
                  quantity: '300',
                  amount: '3',
                  charge: '3.00',
                }),
                line({
                  lineNumber: 2,
                  description: {
                    key: 'monthlyActiveUsers',
                    parameters: { tenant: 'contosoid.onmicrosoft.com', from: '2019-11-10T14:23:07.000Z' },
                  },
                  from: '2019-11-10T14:23:07.000Z',
                  meterId: 'monthly-active-users',
                  unit: 'users',
                  quantity: '150',
                  unitPrice: '0.05',
                  effectiveUnitPrice: '0.05',
                  amount: '7.5',
                  charge: '7.50',
                }),
              ],
            },
          ],
        },
      ],
    },
  ],
  includedQuantities: [],
  notes: [
    {
      key: 'transitionMonth',
      parameters: { tenant: 'contosoid.onmicrosoft.com', changedAt: '2019-11-10T14:23:07.000Z' },
    },
  ],
}
