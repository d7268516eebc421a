import { expect, test } from 'vitest'
import { exchangeRateDayOf } from '../../../src/domain/rating/exchange-rate.ts'

test('DEC-36: a month has the exchange rate of two business days before it starts', () => {
  // 1 October 2026 is a Thursday, 1 November 2026 a Sunday, 1 June 2026 a Monday.
  expect(exchangeRateDayOf('2026-10')).toBe('2026-09-29')
  expect(exchangeRateDayOf('2026-11')).toBe('2026-10-29')
  expect(exchangeRateDayOf('2026-06')).toBe('2026-05-28')
})
