import { invalid } from '../refusal.ts'

/** What a partner can sell (PAR-28), under Azure's ids. */
export interface Offer {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly unitType: string
  readonly billing: 'usage'
}

/** Usage is all that is sold here, so one plan is; what it meters is in the partner's price list. */
export const usagePlan: Offer = {
  id: 'MS-AZR-0145P',
  name: 'Microsoft Azure',
  description: 'A subscription whose usage is charged to the partner, for one of its customers.',
  unitType: 'Usage-based',
  billing: 'usage',
}

export const offers: readonly Offer[] = [usagePlan]

export function requireOffer(id: string): Offer {
  const offer = offers.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase())
  if (offer) return offer
  throw invalid(
    'OfferNotFound',
    `There is no offer '${id}' in the catalogue. GET /v1/offers lists what can be ordered.`,
    'lineItems',
  )
}

export interface OrderLine {
  readonly lineNumber: number
  readonly offerId: string
  readonly friendlyName: string
}

/** One usage plan a line; its quantity is always one, because what is used is what is charged. */
export function checkOrderLines(lines: readonly (OrderLine & { readonly quantity: number })[]): readonly OrderLine[] {
  const numbers = new Set(lines.map((line) => line.lineNumber))
  if (numbers.size !== lines.length)
    throw invalid('LineItemNumberRepeated', 'Two lines of the order have the same number.', 'lineItems')
  for (const line of lines) {
    requireOffer(line.offerId)
    if (line.quantity !== 1)
      throw invalid(
        'InvalidQuantity',
        'The quantity of a usage plan is 1. Order a line for each subscription.',
        'quantity',
      )
  }
  return lines
}
