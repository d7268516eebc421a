import { addedCard } from './money.ts'
import type { Stage, Success } from '../stage.ts'
import { version } from '../stage.ts'

const runs = '/providers/Tenantry.Billing/invoiceRuns'

/** An invoice of October, once the month is over. */
async function invoiceOf(stage: Stage): Promise<string> {
  const [document] = await stage.world.documents(stage.customer)
  if (document?.number) return document.number
  throw new Error('October has no invoice: InvoiceRuns_Create stands before what needs one')
}

const invoice = async (stage: Stage): Promise<string> =>
  `${stage.customer.accountId}/invoices/${await invoiceOf(stage)}`
const ofSubscription = (stage: Stage): string =>
  `/providers/Microsoft.Billing/billingAccounts/default/billingSubscriptions/${stage.subscriptionId}`
const links = async (stage: Stage): Promise<string[]> => [
  `${stage.cloud.baseUrl}${await invoice(stage)}/download?downloadToken=pdf`,
]

const cent = { properties: { amount: { value: '0.01', currency: 'USD' } } }
const payments = async (stage: Stage): Promise<string> =>
  `/providers/Tenantry.Billing/invoices/${await invoiceOf(stage)}/payments`
const byCard = async (stage: Stage) => ({
  properties: { amount: { value: '0.01' }, paymentMethodName: await addedCard(stage) },
})

/** Events and tokens, and what needs that a month is over; in this order, for the clock goes only forward. */
export const installationSuccesses: Readonly<Record<string, Success>> = {
  'events.Events_Append': async (stage) => {
    const tenant = await stage.world.linkedTenant(stage.customer, stage.subscriptionId)
    return {
      as: tenant.reporter,
      path: '/events',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: [
        {
          specversion: '1.0',
          type: 'tenantry.authentication.v1',
          source: '/walk',
          id: 'one',
          time: '2026-10-01T00:00:00Z',
          subject: 'anna',
          data: { tenantId: tenant.id, kind: 'interactiveSignIn' },
        },
      ],
    }
  },
  'Tenantry.Sandbox.SandboxTokens_Issue': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Sandbox/tokens?${version.ours}`,
    body: { tenantId: stage.customer.tenant.id, userId: stage.customer.owner.objectId },
  }),
  'Tenantry.Billing.InvoiceRuns_Preview': (stage) => ({
    as: stage.operator,
    path: `${runs}/2026-10/preview?${version.ours}`,
    body: {},
  }),
  'Tenantry.Sandbox.SandboxClock_Set': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Sandbox/clock?${version.ours}`,
    body: { properties: { now: '2026-10-01T00:00:01Z' } },
  }),
  'Tenantry.Billing.InvoiceRuns_Create': async (stage) => {
    await stage.cloud.clock.set('2026-11-04T00:00:00Z')
    return {
      as: stage.operator,
      path: `${runs}/2026-10?${version.ours}`,
      body: {},
    }
  },
  'Tenantry.Billing.InvoiceRuns_Resume': (stage) => ({
    as: stage.operator,
    path: `${runs}/2026-10/resume?${version.ours}`,
    body: {},
  }),
  'Microsoft.Billing.Invoices_DownloadInvoice': async (stage) => ({
    as: stage.owner,
    path: `${await invoice(stage)}/download?${version.billing}&downloadToken=pdf`,
  }),
  'Microsoft.Billing.Invoices_DownloadBillingSubscriptionInvoice': async (stage) => ({
    as: stage.owner,
    path: `${ofSubscription(stage)}/invoices/${await invoiceOf(stage)}/download?${version.billing}&downloadToken=pdf`,
  }),
  'Microsoft.Billing.Invoices_DownloadMultipleBillingProfileInvoices': async (stage) => ({
    as: stage.owner,
    path: `${stage.customer.accountId}/downloadDocuments?${version.billing}`,
    body: await links(stage),
  }),
  'Microsoft.Billing.Invoices_DownloadMultipleBillingSubscriptionInvoices': async (stage) => ({
    as: stage.owner,
    path: `${ofSubscription(stage)}/downloadDocuments?${version.billing}`,
    body: await links(stage),
  }),
  'Tenantry.Billing.Payments_Record': async (stage) => ({
    as: stage.operator,
    path: `${await payments(stage)}/${stage.guid()}?${version.ours}`,
    body: cent,
  }),
  'Tenantry.Billing.Payments_Reverse': async (stage) => {
    const payment = `${await payments(stage)}/${stage.guid()}`
    await stage.did(stage.operator.put(`${payment}?${version.ours}`, cent))
    return {
      as: stage.operator,
      path: `${payment}/reverse?${version.ours}`,
      body: { properties: { reason: 'returned by the bank' } },
    }
  },
  'Tenantry.Billing.Payments_PayThroughAccount': async (stage) => ({
    as: stage.owner,
    path: `${await invoice(stage)}/providers/Tenantry.Billing/payments/${stage.guid()}?${version.ours}`,
    body: await byCard(stage),
  }),
  'Tenantry.Billing.Payments_PayThroughProfile': async (stage) => ({
    as: stage.owner,
    path: `${stage.customer.profileId}/invoices/${await invoiceOf(stage)}/providers/Tenantry.Billing/payments/${stage.guid()}?${version.ours}`,
    body: await byCard(stage),
  }),
  'Tenantry.Billing.IssuedInvoices_Credit': async (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Billing/invoices/${await invoiceOf(stage)}/creditNotes?${version.ours}`,
    body: { properties: { reason: 'A courtesy', lines: [1] } },
  }),
}
