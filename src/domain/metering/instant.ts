const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds since 1970 of an RFC 3339 date-time, floored to the millisecond; undefined for anything else, also for
 * one without an offset. Written out by hand because it runs for every event.
 */
export function findInstantMs(text: string): number | undefined {
  const { length } = text
  if (length < 20 || length > 40) return undefined
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const separator = text.charCodeAt(10) | 0x20
  if (
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    separator !== 0x74 ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a ||
    // NaN fails each of these.
    !(year >= 1 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59)
  ) {
    return undefined
  }
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (day > daysOf[month - 1]! + (month === 2 && isLeap ? 1 : 0)) return undefined

  let at = 19
  let milliseconds = 0
  if (text.charCodeAt(at) === 0x2e) {
    let weight = 100
    const first = ++at
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - 0x30
      if (digit < 0 || digit > 9) break
      milliseconds += digit * weight
      weight = weight === 100 ? 10 : weight === 10 ? 1 : 0
    }
    if (at === first) return undefined
  }
  const offsetMinutes = readOffset(text, at)
  if (offsetMinutes === undefined) return undefined

  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  const days = past * 365 + leapDays + daysBefore[month - 1]! + (month > 2 && isLeap ? 1 : 0) + day - 1 - 719_162
  return (((days * 24 + hour) * 60 + minute - offsetMinutes) * 60 + second) * 1000 + milliseconds
}

function readOffset(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at)
  if ((sign | 0x20) === 0x7a) return text.length === at + 1 ? 0 : undefined
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 0x3a) return undefined
  const hours = twoDigits(text, at + 1)
  const minutes = twoDigits(text, at + 4)
  if (!(hours <= 23 && minutes <= 59)) return undefined
  return (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes)
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}
