import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../domain/billing/address.ts'
import { billingAccountId, billingProfileId } from '../domain/billing/billing-ids.ts'
import { invalid } from '../domain/refusal.ts'
import { type BillingAccount, findBillingAccount, updateBillingAccount } from '../store/billing-account.ts'
import { type BillingProfile, listBillingProfiles } from '../store/billing-profile.ts'
import type { InvoiceSection } from '../store/invoice-section.ts'
import { appendAudit } from './audit.ts'
import { type BillingAccess, listKnownAccounts, listVisibleSections, requireAccount } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface AccountView {
  readonly account: BillingAccount
  /** Whether its properties may be seen (A3); who has a role further down knows its name only. */
  readonly hasReadAccess: boolean
  readonly profiles: readonly { readonly profile: BillingProfile; readonly hasReadAccess: boolean }[] | undefined
  readonly sections: readonly InvoiceSection[] | undefined
}

export interface AccountExpansion {
  readonly profiles: boolean
  readonly sections: boolean
}

export async function listAccounts(
  context: OperationContext,
  expand: AccountExpansion,
  page: { after?: string | undefined; limit: number },
): Promise<AccountView[]> {
  const views: AccountView[] = []
  for (const access of await listKnownAccounts(context, page)) views.push(await viewOf(context, access, expand))
  return views
}

export async function getAccount(
  context: OperationContext,
  name: string,
  expand: AccountExpansion,
): Promise<AccountView> {
  return viewOf(context, await requireAccount(context, 'A3', name), expand)
}

async function viewOf(
  context: OperationContext,
  access: BillingAccess,
  expand: AccountExpansion,
): Promise<AccountView> {
  const { account } = access
  const all = expand.profiles
    ? (await listBillingProfiles(context.db, account.name)).filter(({ status }) => status !== 'Deleted')
    : []
  const sections = expand.sections ? await listVisibleSections(context, access, all) : undefined
  // Who has a role on a section only finds it below its profile, of which no more than the name is shown.
  const profiles = all.flatMap((profile) => {
    const hasReadAccess = access.allows('P3', billingProfileId(account.name, profile.name))
    const hasSection = sections?.some((section) => section.billingProfileName === profile.name)
    return hasReadAccess || hasSection ? [{ profile, hasReadAccess }] : []
  })
  return {
    account,
    hasReadAccess: access.allows('A3', billingAccountId(account.name)),
    profiles: expand.profiles ? profiles : undefined,
    sections,
  }
}

export interface AccountChange {
  readonly displayName?: string | undefined
  readonly soldTo?: Address | undefined
  readonly notificationEmail?: string | null | undefined
}

/** Issued documents keep the address they were issued with; the next ones have the new one (INV-14). */
export async function updateAccount(
  context: OperationContext,
  name: string,
  change: AccountChange,
): Promise<AccountView> {
  const access = await requireAccount(context, 'A4', name)
  const { account } = access
  const country = change.soldTo?.country
  if (country !== undefined && country.toUpperCase() !== account.countryCode)
    throw invalid(
      'CountryCannotBeChanged',
      `The billing account is in ${account.countryCode} and stays there. Sign up anew for another country.`,
      'properties.soldTo.country',
    )
  const changed = {
    ...account,
    displayName: change.displayName ?? account.displayName,
    soldTo: change.soldTo ? { ...change.soldTo, country: account.countryCode } : account.soldTo,
    notificationEmail: change.notificationEmail === undefined ? account.notificationEmail : change.notificationEmail,
  }
  if (isDeepStrictEqual(changed, account)) return viewOf(context, access, { profiles: false, sections: false })
  await updateBillingAccount(context.db, changed)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/write',
    scope: billingAccountId(account.name),
    before: visible(account),
    after: visible(changed),
  })
  const stored = (await findBillingAccount(context.db, account.name)) ?? changed
  return viewOf(context, { ...access, account: stored }, { profiles: false, sections: false })
}

const visible = ({ displayName, soldTo, notificationEmail }: BillingAccount) => ({
  displayName,
  soldTo,
  notificationEmail,
})
