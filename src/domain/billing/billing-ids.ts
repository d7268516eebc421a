/** Characters that no two of are mistaken for each other when a person reads the name aloud. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const codeGroups = [4, 4, 3, 3]

/** How many random bytes a code is made of. */
export const billingCodeLength = 14

/** Name of a profile or a section, `XXXX-XXXX-XXX-XXX`. */
export function billingCodeOf(random: Uint8Array): string {
  if (random.length < billingCodeLength) throw new RangeError('too few random bytes for a billing code')
  let next = 0
  return codeGroups
    .map((length) => Array.from({ length }, () => alphabet[(random[next++] ?? 0) % alphabet.length]).join(''))
    .join('-')
}

/** Accounts carry the date of the agreement's edition in their name. */
export const billingAccountNameOf = (first: string, second: string): string => `${first}:${second}_2019-05-31`

export const billingAccountId = (account: string): string => `/providers/Microsoft.Billing/billingAccounts/${account}`
export const billingProfileId = (account: string, profile: string): string =>
  `${billingAccountId(account)}/billingProfiles/${profile}`
export const invoiceSectionId = (account: string, profile: string, section: string): string =>
  `${billingProfileId(account, profile)}/invoiceSections/${section}`
export const customerId = (account: string, customer: string): string =>
  `${billingAccountId(account)}/customers/${customer}`

export interface BillingScope {
  readonly account: string
  readonly profile: string | undefined
  readonly section: string | undefined
}

/** The account, profile and section that an id names, casing as sent; undefined for anything else. */
export function parseBillingScope(id: string): BillingScope | undefined {
  const match =
    /^\/*providers\/+Microsoft\.Billing\/+billingAccounts\/+([^/]+)(?:\/+billingProfiles\/+([^/]+)(?:\/+invoiceSections\/+([^/]+))?)?\/*$/i.exec(
      id,
    )
  return match?.[1] === undefined ? undefined : { account: match[1], profile: match[2], section: match[3] }
}
