import { invalid } from '../refusal.ts'

/** What Azure calls the ways to pay that there are here (BIL-10). */
export type PaymentFamily = 'CreditCard' | 'CheckWire' | 'Credits'

/** A method as far as it decides whether it can be paid by. */
export interface AttachedPaymentMethod {
  readonly family: PaymentFamily
  readonly isDefault: boolean
  /** The first instant at which a card is good no longer; null for what does not expire. */
  readonly expiresAt: Date | null
}

/** OWN-3: the default method of the profile, if it is one that pays a whole invoice and has not expired. */
export function hasValidPaymentMethod(methods: readonly AttachedPaymentMethod[], now: Date): boolean {
  return methods.some((method) => method.isDefault && method.family !== 'Credits' && !isExpired(method, now))
}

export const isExpired = ({ expiresAt }: { readonly expiresAt: Date | null }, now: Date): boolean =>
  expiresAt !== null && expiresAt <= now

/** A card is good to the end of the month that is printed on it: `11/2027`, or `2027-11`. */
export function parseCardExpiry(text: string): Date | undefined {
  const match = /^(0[1-9]|1[0-2])\/(2\d{3})$/.exec(text) ?? /^(2\d{3})-(0[1-9]|1[0-2])$/.exec(text)
  if (!match) return undefined
  const [month, year] = text.includes('/') ? [match[1], match[2]] : [match[2], match[1]]
  return new Date(Date.UTC(Number(year), Number(month), 1))
}

/** `11/2027` again. */
export function formatCardExpiry(expiresAt: Date): string {
  const last = new Date(expiresAt.getTime() - 1)
  return `${String(last.getUTCMonth() + 1).padStart(2, '0')}/${last.getUTCFullYear()}`
}

/** Refuses whatever could be the number of a card, in whatever property it stands; what it was is not repeated. */
export function refuseCardNumbers(properties: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(properties))
    if (value !== undefined && looksLikeCardNumber(value))
      throw invalid(
        'CardNumberNotAccepted',
        `'${name}' looks like the number of a card. Numbers are not taken here: give the reference that your payment provider keeps the card under, and its last four digits.`,
        `properties.${name}`,
      )
}

/** 13 to 19 digits in one piece, mistyped or not; or in groups, if their check digit is right. */
export function looksLikeCardNumber(text: string): boolean {
  if (/(?<!\d)\d{13,19}(?!\d)/.test(text)) return true
  const grouped = text.match(/\d(?:[ .-]?\d){12,18}(?!\d)/g) ?? []
  return grouped.some((group) => hasCheckDigit(group.replaceAll(/\D/g, '')))
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (const [index, digit] of digits.split('').toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Why the default method has to stay for now, and what to do about it (BIL-11). */
export interface Obligation {
  readonly code: 'AzureSubscriptions' | 'OutstandingCharges' | 'PendingCharges'
  readonly message: string
}

export interface ProfileObligations {
  /** Subscriptions that are billed to the profile and were not cancelled. */
  readonly subscriptions: readonly { readonly id: string; readonly displayName: string }[]
  readonly openInvoices: readonly { readonly number: string; readonly amountDue: string }[]
  /** What was used and is on no invoice yet, with its currency; undefined when it is nothing. */
  readonly pending: string | undefined
  /** How many quantities wait for a price, after which they are charged. */
  readonly unpriced: number
}

/** What was used and cannot be charged yet is pending, too: of an inactive or deleted profile nobody would ask for it. */
export const pendingWithoutPrice = ({ unpriced }: Pick<ProfileObligations, 'unpriced'>): PendingObligation[] =>
  unpriced === 0
    ? []
    : [
        {
          code: 'PendingCharges',
          message: `${count(unpriced, 'quantity of usage has', 'quantities of usage have')} no price yet. Ask the seller to publish one, wait for the invoice of the month and pay it.`,
        },
      ]

type PendingObligation = Obligation & { readonly code: 'PendingCharges' }

const shown = 10

/** Everything that is in the way at once, each with its way out. */
export function listObligations(facts: ProfileObligations): Obligation[] {
  const { subscriptions, openInvoices, pending } = facts
  const obligations: Obligation[] = []
  if (subscriptions.length > 0)
    obligations.push({
      code: 'AzureSubscriptions',
      message: `${count(subscriptions.length, 'subscription is', 'subscriptions are')} billed to the profile: ${list(
        subscriptions.map(({ id, displayName }) => `'${displayName}' (${id})`),
      )}. Cancel them, or have them billed to another profile.`,
    })
  if (openInvoices.length > 0)
    obligations.push({
      code: 'OutstandingCharges',
      message: `${count(openInvoices.length, 'invoice is', 'invoices are')} not paid: ${list(
        openInvoices.map(({ number, amountDue }) => `${number} (${amountDue})`),
      )}. Pay what is due.`,
    })
  if (pending !== undefined)
    obligations.push({
      code: 'PendingCharges',
      message: `Usage of ${pending} is on no invoice yet. Wait for the invoice of the month and pay it.`,
    })
  return [...obligations, ...pendingWithoutPrice(facts)]
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`
const list = (items: readonly string[]): string =>
  items.length > shown ? `${items.slice(0, shown).join(', ')} and ${items.length - shown} more` : items.join(', ')
