import { isDeepStrictEqual } from 'node:util'
import { billingProfileId, invoiceSectionId } from '../domain/billing/billing-ids.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { lockBillingAccount } from '../store/billing-account.ts'
import { type BillingProfile, listBillingProfiles } from '../store/billing-profile.ts'
import {
  findInvoiceSection,
  type InvoiceSection,
  insertInvoiceSection,
  listInvoiceSections,
  updateInvoiceSection,
} from '../store/invoice-section.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling } from './authorize.ts'
import {
  type BillingAccess,
  findProfileIn,
  listVisibleSections,
  profileNotFound,
  requireKnownAccount,
  requireProfile,
  requireSection,
} from './billing-access.ts'
import type { OperationContext } from './context.ts'

export interface SectionView {
  readonly access: BillingAccess
  readonly profile: BillingProfile
  readonly section: InvoiceSection
}

export async function listSections(
  context: OperationContext,
  accountName: string,
  profileName: string,
  includeDeleted = false,
): Promise<SectionView[]> {
  const access = await requireKnownAccount(context, accountName, 'P10')
  const profile = await findProfileIn(context, access.account, profileName)
  const seen = profile ? await listVisibleSections(context, access, [profile], includeDeleted) : []
  // Whoever sees nothing in the profile is refused before it is told whether the profile exists.
  if (seen.length === 0) await authorizeBilling(context, 'P10', billingProfileId(accountName, profileName))
  if (!profile) throw profileNotFound(profileName)
  return seen.map((section) => ({ access, profile, section }))
}

export async function getSection(
  context: OperationContext,
  accountName: string,
  profileName: string,
  sectionName: string,
): Promise<SectionView> {
  return requireSection(context, 'S3', accountName, profileName, sectionName)
}

export interface WantedSection {
  readonly displayName: string | undefined
  readonly labels: Readonly<Record<string, string>> | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
}

/** A section is a name and a grouping of costs (BIL-5). */
export async function putSection(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
  wanted: WantedSection,
): Promise<SectionView & { readonly isNew: boolean }> {
  const seen = await findOfProfile(context, profileName, name)
  const { access } = seen
    ? await requireSection(context, 'S4', accountName, profileName, seen.name)
    : await requireProfile(context, 'P11', accountName, profileName)
  // Two first PUTs of one name, and two changes of one section, take turns.
  await lockBillingAccount(context.db, access.account.name)
  const existing = await findOfProfile(context, profileName, name)
  return existing
    ? changeSection(context, accountName, existing, wanted)
    : createSection(context, accountName, profileName, name, wanted)
}

async function findOfProfile(
  context: OperationContext,
  profileName: string,
  name: string,
): Promise<InvoiceSection | undefined> {
  const section = await findInvoiceSection(context.db, name)
  return section?.billingProfileName === profileName.toUpperCase() && !section.isHidden ? section : undefined
}

async function createSection(
  context: OperationContext,
  accountName: string,
  profileName: string,
  name: string,
  wanted: WantedSection,
): Promise<SectionView & { readonly isNew: boolean }> {
  const { access, profile } = await requireProfile(context, 'P11', accountName, profileName)
  if (profile.status === 'Deleted')
    throw conflict(
      'BillingProfileInactive',
      `The billing profile '${profile.name}' was deleted. Create the section in another one.`,
    )
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name))
    throw invalid(
      'InvalidInvoiceSectionName',
      `'${name}' is no name of an invoice section. Use up to 64 letters, digits, hyphens and underscores, such as ABCD-EFGH-JKL-MNP.`,
      'invoiceSectionName',
    )
  if (access.account.agreementType === 'MicrosoftOnlineServicesProgram')
    throw conflict(
      'AgreementHasOneSection',
      'A stand-alone pay-as-you-go account has no invoice sections. Sign up for a customer agreement to have them.',
    )
  if (await findInvoiceSection(context.db, name))
    throw conflict('InvoiceSectionNameTaken', `The name '${name}' is taken. Choose another name for the section.`)
  const sectionName = name.toUpperCase()
  await insertInvoiceSection(context.db, {
    name: sectionName,
    billingProfileName: profile.name,
    displayName: wanted.displayName ?? sectionName,
    systemId: sectionName,
    labels: wanted.labels ?? {},
    tags: wanted.tags ?? {},
    isHidden: false,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections/write',
    scope: invoiceSectionId(access.account.name, profile.name, sectionName),
    after: { displayName: wanted.displayName ?? sectionName },
  })
  const section = await findInvoiceSection(context.db, sectionName)
  if (!section) throw new Error(`the invoice section ${sectionName} was not stored`)
  return { access, profile, section, isNew: true }
}

async function changeSection(
  context: OperationContext,
  accountName: string,
  existing: InvoiceSection,
  wanted: WantedSection,
): Promise<SectionView & { readonly isNew: boolean }> {
  const scope = [accountName, existing.billingProfileName, existing.name] as const
  await requireSection(context, 'S4', ...scope)
  if (existing.state === 'Deleted')
    throw conflict(
      'InvoiceSectionInactive',
      `The invoice section '${existing.name}' was deleted and does not change any more. Create another one.`,
    )
  const changed = {
    ...existing,
    displayName: wanted.displayName ?? existing.displayName,
    labels: wanted.labels ?? existing.labels,
    tags: wanted.tags ?? existing.tags,
  }
  if (isDeepStrictEqual(changed, existing)) return { ...(await getSection(context, ...scope)), isNew: false }
  await updateInvoiceSection(context.db, changed)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections/write',
    scope: invoiceSectionId(...scope),
    before: { displayName: existing.displayName, labels: existing.labels, tags: existing.tags },
    after: { displayName: changed.displayName, labels: changed.labels, tags: changed.tags },
  })
  return { ...(await getSection(context, ...scope)), isNew: false }
}

/** The sections that the caller may have new subscriptions billed to (BIL-14); who can only create sees no more. */
export async function listSectionsToCreateIn(context: OperationContext, accountName: string): Promise<SectionView[]> {
  const access = await requireKnownAccount(context, accountName)
  const profiles = await listBillingProfiles(context.db, access.account.name)
  const sections = await listInvoiceSections(
    context.db,
    profiles.map((profile) => profile.name),
  )
  return sections.flatMap((section) => {
    const profile = profiles.find((candidate) => candidate.name === section.billingProfileName)
    const scope = invoiceSectionId(access.account.name, section.billingProfileName, section.name)
    const isInUse = section.state !== 'Deleted' && profile?.status !== 'Deleted'
    return profile && isInUse && access.allows('S9', scope) ? [{ access, profile, section }] : []
  })
}
