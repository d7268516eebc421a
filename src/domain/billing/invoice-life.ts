/** BIL-23. What an invoice is at an instant follows from what is left of it and from its terms. */
export type InvoiceStatus = 'Due' | 'OverDue' | 'Paid' | 'Void'

export interface InvoiceBalance {
  readonly totalMinor: bigint
  /** What credit notes took back; not above zero, unless the invoice itself is. */
  readonly creditedMinor: bigint
  readonly paidMinor: bigint
}

const dayMs = 86_400_000

const leftOf = ({ totalMinor, creditedMinor, paidMinor }: InvoiceBalance): bigint =>
  totalMinor + creditedMinor - paidMinor

export const amountDueOf = (balance: InvoiceBalance): bigint => positive(leftOf(balance))

/** What is the payer's again: paid for what a credit note took back afterwards, or an invoice whose sum is negative. */
export const surplusOf = (balance: InvoiceBalance): bigint => positive(-leftOf(balance))

/** The day on which it is due is in time to its end. */
export function overdueAt(dueDate: Date): Date {
  return new Date(Math.floor(dueDate.getTime() / dayMs) * dayMs + dayMs)
}

/** When the subscriptions of a payer who still has not paid are disabled. */
export const disabledAt = (dueDate: Date, disableAfterDays: number): Date =>
  new Date(overdueAt(dueDate).getTime() + disableAfterDays * dayMs)

export function statusAt(balance: InvoiceBalance, dueDate: Date, now: Date): InvoiceStatus {
  if (amountDueOf(balance) > 0n) return now >= overdueAt(dueDate) ? 'OverDue' : 'Due'
  return balance.creditedMinor !== 0n && balance.totalMinor + balance.creditedMinor === 0n ? 'Void' : 'Paid'
}

const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n)
