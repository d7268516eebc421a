import { allowsBilling, allowsGlobalAdministratorInBilling, type BillingTask } from '../domain/access/billing-roles.ts'
import { directoryRoleIds } from '../domain/access/directory-roles.ts'
import { allowsConsoleInBilling } from '../domain/access/partner-console.ts'
import {
  billingAccountId,
  billingProfileId,
  type BillingScope,
  invoiceSectionId,
} from '../domain/billing/billing-ids.ts'
import { notFound, type Refusal } from '../domain/refusal.ts'
import { listBillingAccountsOfPrincipal, loadBillingGrants, loadDirectoryRoles } from '../store/access-facts.ts'
import {
  type BillingAccount,
  findBillingAccount,
  listBillingAccountNamesOfTenant,
  listBillingAccounts,
} from '../store/billing-account.ts'
import { type BillingProfile, findBillingProfile, listBillingProfiles } from '../store/billing-profile.ts'
import { findInvoiceSection, type InvoiceSection, listInvoiceSections } from '../store/invoice-section.ts'
import { findPartnerOfAccount } from '../store/partner.ts'
import { authorizeBilling } from './authorize.ts'
import { consoleRolesIn, findConsole } from './authorize-partner.ts'
import type { OperationContext } from './context.ts'

/** What the caller may do in one account; loaded once, so that lists need not ask for each row. */
export interface BillingAccess {
  readonly account: BillingAccount
  /** Whether anything was granted in the account, at whatever scope. */
  readonly isKnown: boolean
  allows(task: BillingTask, scope: string): boolean
}

async function accessTo(
  context: OperationContext,
  account: BillingAccount,
  isGlobalAdministrator: boolean,
): Promise<BillingAccess> {
  const grants = await loadBillingGrants(context.db, context.caller, account.name)
  const partner =
    account.agreementType === 'MicrosoftPartnerAgreement'
      ? await findPartnerOfAccount(context.db, account.name)
      : undefined
  const consoleRoles = partner ? await consoleRolesIn(context, partner) : []
  const isAdministrator = isGlobalAdministrator && account.tenantId === context.caller.tenantId
  return {
    account,
    isKnown: grants.length > 0 || isAdministrator || allowsConsoleInBilling('A3', consoleRoles),
    allows: (task, scope) =>
      allowsBilling(task, grants, scope) ||
      (isAdministrator && allowsGlobalAdministratorInBilling(task)) ||
      allowsConsoleInBilling(task, consoleRoles),
  }
}

async function isGlobalAdministratorHere({ db, caller }: OperationContext): Promise<boolean> {
  const { roleTemplateIds } = await loadDirectoryRoles(db, caller)
  return roleTemplateIds.includes(directoryRoleIds.globalAdministrator)
}

/** The accounts that the caller has any role in, however low, and those of the tenant for its Global administrator (ACC-8). */
export async function listKnownAccounts(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<BillingAccess[]> {
  const isAdministrator = await isGlobalAdministratorHere(context)
  const names = new Set([
    ...(await listBillingAccountsOfPrincipal(context.db, context.caller)),
    ...(isAdministrator ? await listBillingAccountNamesOfTenant(context.db, context.caller.tenantId) : []),
    ...(await partnerAccountSeen(context)),
  ])
  const known: BillingAccess[] = []
  for (const account of await listBillingAccounts(context.db, [...names], page))
    known.push(await accessTo(context, account, isAdministrator))
  return known
}

async function partnerAccountSeen(context: OperationContext): Promise<string[]> {
  const found = await findConsole(context)
  const account = found?.partner.billingAccountName ?? null
  return found && account !== null && allowsConsoleInBilling('A3', found.roles) ? [account] : []
}

/** The account, if a role allows the task on it; unknown and foreign accounts look alike. */
export async function requireAccount(
  context: OperationContext,
  task: BillingTask,
  name: string,
): Promise<BillingAccess> {
  await authorizeBilling(context, task, billingAccountId(name))
  return findAccess(context, name)
}

/** The account, if the caller has any role in it. */
export async function requireKnownAccount(
  context: OperationContext,
  name: string,
  fallback: BillingTask = 'A3',
): Promise<BillingAccess> {
  const account = await findBillingAccount(context.db, name)
  const access = account && (await accessTo(context, account, await isGlobalAdministratorHere(context)))
  if (access?.isKnown) return access
  // Refuses with the words and the status that belong to a caller without any role.
  await authorizeBilling(context, fallback, billingAccountId(name))
  throw new Error(`the billing account ${name} is known and not known`)
}

async function findAccess(context: OperationContext, name: string): Promise<BillingAccess> {
  const account = await findBillingAccount(context.db, name)
  if (!account) throw notFound('BillingAccountNotFound', `The billing account '${name}' could not be found.`)
  return accessTo(context, account, await isGlobalAdministratorHere(context))
}

/** The profile, if a role allows the task on it; whether it exists is only told to those. */
export async function requireProfile(
  context: OperationContext,
  task: BillingTask,
  accountName: string,
  profileName: string,
): Promise<{ access: BillingAccess; profile: BillingProfile }> {
  await authorizeBilling(context, task, billingProfileId(accountName, profileName))
  const access = await findAccess(context, accountName)
  const profile = await findProfileIn(context, access.account, profileName)
  if (!profile) throw profileNotFound(profileName)
  return { access, profile }
}

export async function findProfileIn(
  context: OperationContext,
  account: BillingAccount,
  profileName: string,
): Promise<BillingProfile | undefined> {
  const profile = await findBillingProfile(context.db, profileName)
  return profile?.billingAccountName === account.name ? profile : undefined
}

export async function requireSection(
  context: OperationContext,
  task: BillingTask,
  accountName: string,
  profileName: string,
  sectionName: string,
): Promise<{ access: BillingAccess; profile: BillingProfile; section: InvoiceSection }> {
  await authorizeBilling(context, task, invoiceSectionId(accountName, profileName, sectionName))
  const access = await findAccess(context, accountName)
  const profile = await findProfileIn(context, access.account, profileName)
  const section = profile && (await findSectionIn(context, profile, sectionName))
  if (!section) throw notFound('InvoiceSectionNotFound', `The invoice section '${sectionName}' could not be found.`)
  return { access, profile, section }
}

/** The id of an account, a profile or a section as it is stored, if a role allows the task on it and it exists. */
export async function requireBillingScope(
  context: OperationContext,
  task: BillingTask,
  scope: BillingScope,
): Promise<string> {
  if (scope.profile === undefined)
    return billingAccountId((await requireAccount(context, task, scope.account)).account.name)
  if (scope.section === undefined) {
    const { access, profile } = await requireProfile(context, task, scope.account, scope.profile)
    return billingProfileId(access.account.name, profile.name)
  }
  const { access, section } = await requireSection(context, task, scope.account, scope.profile, scope.section)
  return sectionIdOf(access.account, section)
}

export async function findSectionIn(
  context: OperationContext,
  profile: BillingProfile,
  sectionName: string,
): Promise<InvoiceSection | undefined> {
  const section = await findInvoiceSection(context.db, sectionName)
  return section?.billingProfileName === profile.name && !section.isHidden ? section : undefined
}

/** The profiles that the caller may see: by a role on the account, or on the profile or a section of it. */
export async function listVisibleProfiles(
  context: OperationContext,
  access: BillingAccess,
  includeDeleted = false,
): Promise<BillingProfile[]> {
  const all = await listBillingProfiles(context.db, access.account.name)
  const profiles = includeDeleted ? all : all.filter(({ status }) => status !== 'Deleted')
  return profiles.filter((profile) => access.allows('P3', billingProfileId(access.account.name, profile.name)))
}

export async function listVisibleSections(
  context: OperationContext,
  access: BillingAccess,
  profiles: readonly BillingProfile[],
  includeDeleted = false,
): Promise<InvoiceSection[]> {
  const names = profiles.map((profile) => profile.name)
  const all = await listInvoiceSections(context.db, names)
  const sections = includeDeleted ? all : all.filter(({ state }) => state !== 'Deleted')
  return sections.filter((section) => !section.isHidden && access.allows('S3', sectionIdOf(access.account, section)))
}

export const sectionIdOf = (account: Pick<BillingAccount, 'name'>, section: InvoiceSection): string =>
  invoiceSectionId(account.name, section.billingProfileName, section.name)

export function profileNotFound(name: string): Refusal {
  return notFound('BillingProfileNotFound', `The billing profile '${name}' could not be found.`)
}

export function scopeIdOf({ account, profile, section }: BillingScope): string {
  if (profile === undefined) return billingAccountId(account)
  return section === undefined ? billingProfileId(account, profile) : invoiceSectionId(account, profile, section)
}
