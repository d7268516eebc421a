import { describe, expect, test } from 'vitest'
import { amountDueOf, disabledAt, overdueAt, statusAt, surplusOf } from '../../../src/domain/billing/invoice-life.ts'
import { stateUnderArrears } from '../../../src/domain/billing/payment-hold.ts'

const dueDate = new Date('2026-12-04T09:30:00Z')
const balance = (totalMinor: bigint, creditedMinor = 0n, paidMinor = 0n) => ({ totalMinor, creditedMinor, paidMinor })

describe('the life of an invoice', () => {
  test('BIL-23: it is due to the end of its due day, and overdue from the next one on', () => {
    expect(overdueAt(dueDate)).toEqual(new Date('2026-12-05T00:00:00Z'))
    expect(overdueAt(new Date('2026-12-05T00:00:00Z'))).toEqual(new Date('2026-12-06T00:00:00Z'))
    expect(disabledAt(dueDate, 30)).toEqual(new Date('2027-01-04T00:00:00Z'))
    expect(statusAt(balance(100n), dueDate, new Date('2026-12-04T23:59:59.999Z'))).toBe('Due')
    expect(statusAt(balance(100n), dueDate, new Date('2026-12-05T00:00:00Z'))).toBe('OverDue')
    expect(statusAt(balance(100n, 0n, 99n), dueDate, new Date('2026-12-05T00:00:00Z'))).toBe('OverDue')
    expect(statusAt(balance(100n, 0n, 100n), dueDate, new Date('2027-01-01T00:00:00Z'))).toBe('Paid')
  })

  test('BIL-22, BIL-23: part payments and credit notes lessen what is due, and a whole credit note voids', () => {
    const now = new Date('2026-11-10T00:00:00Z')
    expect(amountDueOf(balance(100n, -30n, 20n))).toBe(50n)
    expect(statusAt(balance(100n, -30n, 70n), dueDate, now)).toBe('Paid')
    expect(statusAt(balance(100n, -100n), dueDate, now)).toBe('Void')
    expect(amountDueOf(balance(100n, -100n))).toBe(0n)
  })

  test('BIL-23: what was paid too much is the payer’s, and so is an invoice in the payer’s favour', () => {
    expect(surplusOf(balance(100n, -30n, 100n))).toBe(30n)
    expect(surplusOf(balance(100n, -100n, 100n))).toBe(100n)
    expect(surplusOf(balance(-5n))).toBe(5n)
    expect(surplusOf(balance(-5n, 0n, -5n))).toBe(0n)
    expect(surplusOf(balance(100n, 0n, 40n))).toBe(0n)
    expect(amountDueOf(balance(100n, -30n, 100n))).toBe(0n)
  })
})

describe('a subscription whose payer is behind', () => {
  const at = new Date('2026-12-05T00:00:00Z')
  const held = { state: 'PastDue', cancelledAt: null, stateBefore: 'Active', disabledAt: null } as const

  test('BIL-23: is past due, then disabled, and with the payment what it was before', () => {
    expect(stateUnderArrears(held, 'pastDue')).toBeUndefined()
    expect(stateUnderArrears(held, 'lapsed')).toBe('Disabled')
    expect(stateUnderArrears(held, 'none')).toBe('Active')
    expect(stateUnderArrears({ ...held, stateBefore: 'Warned' }, 'none')).toBe('Warned')
    const disabled = { ...held, state: 'Disabled', disabledAt: at } as const
    expect(stateUnderArrears(disabled, 'none')).toBe('Active')
    expect(stateUnderArrears(disabled, 'pastDue')).toBe('PastDue')
    expect(stateUnderArrears(disabled, 'lapsed')).toBeUndefined()
  })

  test('BIL-23: stays what it became for another reason', () => {
    for (const other of [
      { ...held, state: 'Disabled', cancelledAt: at },
      { ...held, state: 'Disabled', cancelledAt: at, disabledAt: at },
      { ...held, state: 'Disabled' },
      { ...held, state: 'Deleted' },
      { ...held, state: 'Suspended' },
      { ...held, state: 'Expired' },
    ] as const)
      for (const arrears of ['none', 'pastDue', 'lapsed'] as const)
        expect(stateUnderArrears(other, arrears)).toBeUndefined()
  })
})
