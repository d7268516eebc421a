import { billingRoleId } from '../domain/access/billing-roles.ts'
import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { isMailAddress } from '../domain/mail/address.ts'
import {
  disabledMail,
  newInvoiceMail,
  overdueMail,
  type PayerMailFacts,
  settledMail,
} from '../domain/mail/invoice-mail.ts'
import { getCurrency } from '../domain/rating/currency.ts'
import { formatMoney } from '../domain/rating/money.ts'
import { type BillingProfile, findBillingProfile, listBillingProfilesByName } from '../store/billing-profile.ts'
import { listInvoicesByIds } from '../store/invoice.ts'
import type { OpenInvoice } from '../store/invoice-balance.ts'
import { listDirectHolderAddresses } from '../store/notice-recipient.ts'
import type { OperationContext } from './context.ts'
import { queueMail } from './queue-mail.ts'
import { readInvoiceFile } from './read-invoice.ts'
import { scheduleDueWork } from './schedule-due-work.ts'

type Step =
  | { readonly kind: 'overdue'; readonly disabledOn: Date }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'settled' }

/** Direct holders of profile owner, contributor or invoice manager on the profile, and nobody else (BIL-12). */
export async function listNoticeAddresses(
  { db }: Pick<OperationContext, 'db'>,
  profile: BillingProfile,
): Promise<string[]> {
  const scope = billingProfileId(profile.billingAccountName, profile.name)
  const roles = (['BPO', 'BPC', 'IM'] as const).map(billingRoleId)
  // Sign-in names that are no addresses get no mail.
  return (await listDirectHolderAddresses(db, scope, roles)).filter(isMailAddress)
}

/** Tells them, each by a message of their own, what became of the profile (BIL-23). */
export async function notifyPayer(
  context: OperationContext,
  profile: BillingProfile,
  step: Step,
  invoices: readonly OpenInvoice[],
): Promise<void> {
  const facts: PayerMailFacts = {
    profileName: profile.displayName,
    invoices: invoices.map(({ number, dueMinor, currency, dueDate }) => ({
      number,
      amountDue: formatMoney({ minor: dueMinor, currency: getCurrency(currency) }),
      dueDate,
    })),
  }
  const mail =
    step.kind === 'overdue'
      ? overdueMail(facts, step.disabledOn, profile.language)
      : step.kind === 'disabled'
        ? disabledMail(facts, profile.language)
        : settledMail(facts, profile.language)
  const relatedTo = billingProfileId(profile.billingAccountName, profile.name)
  for (const to of await listNoticeAddresses(context, profile))
    await queueMail(context, { to, ...mail, kind: `invoice-${step.kind}`, relatedTo })
}

export const invoiceMailWork = 'billing/invoice-mail'

/** Has new invoices mailed, after the run, for those profiles that want it. */
export async function scheduleInvoiceMail(
  context: Pick<OperationContext, 'db' | 'random' | 'now'>,
  invoices: readonly { readonly id: string; readonly profile: string }[],
): Promise<void> {
  const profiles = await listBillingProfilesByName(context.db, [...new Set(invoices.map(({ profile }) => profile))])
  const wanting = new Set(profiles.filter(({ invoiceEmailOptIn }) => invoiceEmailOptIn).map(({ name }) => name))
  for (const { id, profile } of invoices)
    if (wanting.has(profile))
      await scheduleDueWork(context, { dueAt: context.now, kind: invoiceMailWork, payload: { invoiceId: id } })
}

/** The invoice as the file that is kept of it (BIL-4); who opted out in the meantime gets none. */
export async function mailInvoice(
  context: OperationContext,
  { invoiceId }: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [invoice] = await listInvoicesByIds(context.db, [String(invoiceId)])
  const profile = invoice && (await findBillingProfile(context.db, invoice.profile))
  if (!invoice?.number || !profile?.invoiceEmailOptIn) return
  const addresses = new Set([...(await listNoticeAddresses(context, profile)), ...profile.invoiceRecipients])
  if (addresses.size === 0) return
  await readInvoiceFile(context, invoice, 'pdf', profile.language)
  const total = formatMoney({ minor: invoice.totalMinor, currency: getCurrency(invoice.currency) })
  const mail = newInvoiceMail(
    { number: invoice.number, total, dueDate: invoice.dueDate, profileName: profile.displayName },
    profile.language,
  )
  for (const to of addresses)
    await queueMail(context, {
      to,
      ...mail,
      kind: 'invoice',
      relatedTo: `/providers/Tenantry.Billing/invoices/${invoice.number}`,
      attachments: [
        {
          fileName: `${invoice.number}.pdf`,
          contentType: 'application/pdf',
          invoiceId: invoice.id,
          fileKind: `pdf-${profile.language}`,
        },
      ],
    })
}
