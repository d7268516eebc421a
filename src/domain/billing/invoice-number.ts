/** Numbers of one series have no gaps; invoices and credit notes are counted apart. */
export const invoiceSeries = { invoice: 'T', creditNote: 'C' } as const
export type InvoiceSeries = (typeof invoiceSeries)[keyof typeof invoiceSeries]

const digits = 9

export const invoiceNumberOf = (series: InvoiceSeries, counted: bigint): string =>
  `${series}${counted.toString().padStart(digits, '0')}`
