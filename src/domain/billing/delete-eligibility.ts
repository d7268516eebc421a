import { pendingWithoutPrice, type ProfileObligations } from './payment-method.ts'

/** Azure's codes for what keeps a profile or a section, as far as it can be in the way here. */
export type DeleteObstacle = {
  readonly code:
    | 'NotSupported'
    | 'LastBillingProfile'
    | 'LastInvoiceSection'
    | 'ActiveBillingSubscriptions'
    | 'ActiveProducts'
    | 'OutstandingCharges'
    | 'PendingCharges'
    | 'ActiveCredits'
    | 'ActiveCreditCard'
  readonly message: string
}

export interface ProfileDeletionFacts extends ProfileObligations {
  /** BIL-21: a stand-alone account is one profile with one section. */
  readonly isStandAlone: boolean
  readonly otherProfiles: number
  readonly products: readonly PaidProduct[]
  /** What is left of its credit, with the currency; undefined when it is nothing. */
  readonly credit: string | undefined
  readonly cards: readonly { readonly name: string; readonly displayName: string }[]
}

/** Everything that is in the way at once, each with what to do about it; the last profile stays (BIL-1). */
export function listProfileObstacles(facts: ProfileDeletionFacts): DeleteObstacle[] {
  const { openInvoices, pending, credit, cards } = facts
  return [
    ...(facts.isStandAlone
      ? [{ code: 'NotSupported', message: 'A stand-alone pay-as-you-go account is one billing profile.' } as const]
      : []),
    ...(facts.otherProfiles === 0
      ? [
          {
            code: 'LastBillingProfile',
            message: 'An account has at least one billing profile. Create another one first.',
          } as const,
        ]
      : []),
    ...subscriptionsInTheWay(facts.subscriptions),
    ...productsInTheWay(facts.products),
    ...(openInvoices.length > 0
      ? [
          {
            code: 'OutstandingCharges',
            message: `Pay what is due: ${openInvoices.map(({ number, amountDue }) => `${number} (${amountDue})`).join(', ')}.`,
          } as const,
        ]
      : []),
    ...(pending === undefined
      ? []
      : [
          {
            code: 'PendingCharges',
            message: `${pending} are on no invoice yet. Wait for the invoice of the month and pay it.`,
          } as const,
        ]),
    ...pendingWithoutPrice(facts),
    ...(credit === undefined
      ? []
      : [
          {
            code: 'ActiveCredits',
            message: `The billing profile has ${credit} of credit, which would be lost. Ask the seller to take it back.`,
          } as const,
        ]),
    ...(cards.length > 0
      ? [
          {
            code: 'ActiveCreditCard',
            message: `Detach its cards first: ${cards.map(({ name, displayName }) => `${displayName} (${name})`).join(', ')}.`,
          } as const,
        ]
      : []),
  ]
}

export interface SectionDeletionFacts {
  readonly otherSections: number
  readonly products: readonly PaidProduct[]
  readonly subscriptions: ProfileObligations['subscriptions']
}

export function listSectionObstacles(facts: SectionDeletionFacts): DeleteObstacle[] {
  return [
    ...(facts.otherSections === 0
      ? [
          {
            code: 'LastInvoiceSection',
            message: 'A billing profile has at least one invoice section. Create another one first.',
          } as const,
        ]
      : []),
    ...subscriptionsInTheWay(facts.subscriptions),
    ...productsInTheWay(facts.products),
  ]
}

const shown = 10

interface PaidProduct {
  readonly id: string
  readonly displayName: string
}

function subscriptionsInTheWay(subscriptions: ProfileObligations['subscriptions']): DeleteObstacle[] {
  if (subscriptions.length === 0) return []
  const named = subscriptions.slice(0, shown).map(({ id, displayName }) => `'${displayName}' (${id})`)
  const more = subscriptions.length > shown ? ` and ${subscriptions.length - shown} more` : ''
  return [
    {
      code: 'ActiveBillingSubscriptions',
      message: `It pays for subscriptions: ${named.join(', ')}${more}. Have them billed elsewhere, or cancel and delete them.`,
    },
  ]
}

function productsInTheWay(products: readonly PaidProduct[]): DeleteObstacle[] {
  if (products.length === 0) return []
  const named = products.slice(0, shown).map(({ id, displayName }) => `'${displayName}' (${id})`)
  const more = products.length > shown ? ` and ${products.length - shown} more` : ''
  return [
    {
      code: 'ActiveProducts',
      message: `It pays for products: ${named.join(', ')}${more}. Move them to another section, or cancel them.`,
    },
  ]
}
