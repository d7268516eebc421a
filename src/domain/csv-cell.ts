/**
 * A cell as RFC 4180 quotes it. A text that a spreadsheet would run as a formula is made plain by a quote in front;
 * numbers stay numbers, because a credit rightly begins with a minus.
 */
export function csvCell(value: string | number | null, isNumber: boolean): string {
  if (value === null) return ''
  let text = String(value)
  if (!isNumber && /^[=+\-@\t\r\0]/.test(text)) text = `'${text}`
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
