/** What JSON.stringify writes as it is. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** A decimal as a number of the wire with all its digits: a float would lose some of them (D5). */
export const exactNumber = (decimal: string): unknown => rawJSON(decimal)

export const amountOf = (decimal: string, currency: string) => ({ currency, value: exactNumber(decimal) })
