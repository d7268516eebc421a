import { describe, expect, test } from 'vitest'
import {
  formatCardExpiry,
  hasValidPaymentMethod,
  listObligations,
  looksLikeCardNumber,
  parseCardExpiry,
} from '../../../src/domain/billing/payment-method.ts'

const now = new Date('2026-11-30T23:59:59.999Z')
const card = (isDefault: boolean, expiry: string) =>
  ({ family: 'CreditCard', isDefault, expiresAt: parseCardExpiry(expiry)! }) as const

describe('a valid payment method', () => {
  test('OWN-3: is the default, no credit, and not expired at this instant', () => {
    const transfer = { family: 'CheckWire', expiresAt: null } as const
    expect(hasValidPaymentMethod([{ ...transfer, isDefault: true }], now)).toBe(true)
    expect(hasValidPaymentMethod([{ ...transfer, isDefault: false }], now)).toBe(false)
    expect(hasValidPaymentMethod([{ family: 'Credits', isDefault: true, expiresAt: null }], now)).toBe(false)
    expect(hasValidPaymentMethod([], now)).toBe(false)
    // The card is good for all of November.
    expect(hasValidPaymentMethod([card(true, '11/2026')], now)).toBe(true)
    expect(hasValidPaymentMethod([card(true, '11/2026')], new Date('2026-12-01T00:00:00Z'))).toBe(false)
    expect(hasValidPaymentMethod([card(true, '10/2026'), card(false, '10/2030')], now)).toBe(false)
  })
})

describe('cards', () => {
  test.each(['4111 1111 1111 1111', '4111111111111112', '5500-0000-0000-0004', 'card 378282246310005 of Mona'])(
    'BIL-10: %s looks like the number of a card',
    (text) => expect(looksLikeCardNumber(text)).toBe(true),
  )
  test.each(['4242', 'tok_1PqR5aB2eZvKYlo2C0d9', '+46 40 123 45 67', 'pm-2026-11-28-0001', '1234-5678'])(
    'BIL-10: %s does not',
    (text) => expect(looksLikeCardNumber(text)).toBe(false),
  )
  test('BIL-10: an expiry is a month, written in either way', () => {
    expect(parseCardExpiry('12/2026')).toEqual(new Date('2027-01-01T00:00:00Z'))
    expect(parseCardExpiry('2026-12')).toEqual(new Date('2027-01-01T00:00:00Z'))
    expect(formatCardExpiry(new Date('2027-01-01T00:00:00Z'))).toBe('12/2026')
    for (const text of ['13/2026', '12/26', '2026-00', 'soon']) expect(parseCardExpiry(text)).toBeUndefined()
  })
})

test('BIL-11: everything that is in the way is said at once, with a way out of each', () => {
  expect(listObligations({ subscriptions: [], openInvoices: [], pending: undefined, unpriced: 0 })).toEqual([])
  const all = listObligations({
    subscriptions: [{ id: 's-1', displayName: 'Production' }],
    openInvoices: [
      { number: 'T1', amountDue: '10.00 SEK' },
      { number: 'T2', amountDue: '5.00 SEK' },
    ],
    pending: '1.50 SEK',
    unpriced: 1,
  })
  expect(all).toEqual([
    {
      code: 'AzureSubscriptions',
      message:
        "1 subscription is billed to the profile: 'Production' (s-1). Cancel them, or have them billed to another profile.",
    },
    {
      code: 'OutstandingCharges',
      message: '2 invoices are not paid: T1 (10.00 SEK), T2 (5.00 SEK). Pay what is due.',
    },
    {
      code: 'PendingCharges',
      message: 'Usage of 1.50 SEK is on no invoice yet. Wait for the invoice of the month and pay it.',
    },
    {
      code: 'PendingCharges',
      message:
        '1 quantity of usage has no price yet. Ask the seller to publish one, wait for the invoice of the month and pay it.',
    },
  ])
})
