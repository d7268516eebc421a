const notation = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/
const digitsMax = 30
const decimalsMax = 12

export type ExactDecimal = { readonly text: string } | { readonly problem: string }

/** A number as it stands in JSON, exponent included, in plain notation: exact or refused, never rounded (D5). */
export function readExactDecimal(source: string): ExactDecimal {
  if (source.length > 100) return { problem: `must have at most ${digitsMax} digits` }
  const parts = notation.exec(source)
  if (!parts) return { problem: 'must be a decimal number such as 12.5, in ASCII digits and without separators' }
  const [, sign, whole = '0', fraction = '', exponentText = '0'] = parts
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return { text: '0' }
  const significant = digits.replace(/0+$/, '')
  // The value is significant × 10^shift.
  const shift = Number(exponentText) - fraction.length + (digits.length - significant.length)
  if (-shift > decimalsMax) return { problem: `must have at most ${decimalsMax} decimals` }
  if (Math.max(significant.length + Math.max(shift, 0), -shift) > digitsMax) {
    return { problem: `must have at most ${digitsMax} digits` }
  }
  return { text: (sign ?? '') + place(significant, shift) }
}

function place(significant: string, shift: number): string {
  if (shift >= 0) return significant + '0'.repeat(shift)
  const padded = significant.padStart(1 - shift, '0')
  return `${padded.slice(0, shift)}.${padded.slice(shift)}`
}
