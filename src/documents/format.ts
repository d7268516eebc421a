/** A decimal text in the manner of a language, every digit kept: `1234.5` → `1,234.5` or `1 234,5`. */
export function formatDecimal(value: string, locale: string): string {
  const isNegative = value.startsWith('-')
  const [whole = '0', fraction] = (isNegative ? value.slice(1) : value).split('.')
  const [group, point, minus] = locale === 'sv-SE' ? ['\u00a0', ',', '\u2212'] : [',', '.', '\u2212']
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group)
  return `${isNegative ? minus : ''}${grouped}${fraction === undefined ? '' : point + fraction}`
}

/** Amount and currency, in the order of the language. */
export function formatMoney(amount: string, currency: string, locale: string): string {
  const text = formatDecimal(amount, locale)
  return locale === 'sv-SE' ? `${text}\u00a0${currency}` : `${currency}\u00a0${text}`
}

/** `2019-11-10 14:23:07` for an instant inside a day, `2019-11-10` for a midnight; UTC. */
export function formatInstant(instant: string): string {
  const text = new Date(instant).toISOString()
  if (text.endsWith('T00:00:00.000Z')) return text.slice(0, 10)
  const time = text.slice(11, 23)
  return `${text.slice(0, 10)} ${time.endsWith('.000') ? time.slice(0, 8) : time}`
}

export const formatDate = (instant: string): string => new Date(instant).toISOString().slice(0, 10)
