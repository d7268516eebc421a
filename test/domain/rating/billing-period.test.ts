import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  closesAt,
  daysIn,
  endOfPeriod,
  findBillingPeriod,
  findUsageDay,
  firstDayOf,
  getBillingPeriod,
  isDayInPeriod,
  isInPeriod,
  lastDayOf,
  nextPeriod,
  periodOf,
  periodOfDay,
  previousPeriod,
  startOfPeriod,
  usageDayOf,
} from '../../../src/domain/rating/billing-period.ts'

test('DEC-1: a month is a calendar month in UTC, from midnight to midnight', () => {
  expect(startOfPeriod('2026-10').toISOString()).toBe('2026-10-01T00:00:00.000Z')
  expect(endOfPeriod('2026-10').toISOString()).toBe('2026-11-01T00:00:00.000Z')
  expect(endOfPeriod('2026-12').toISOString()).toBe('2027-01-01T00:00:00.000Z')
})

test('DEC-3: a month is half-open: its last millisecond is in it, the next month’s first instant is not', () => {
  expect(isInPeriod('2026-10', new Date('2026-10-01T00:00:00.000Z'))).toBe(true)
  expect(isInPeriod('2026-10', new Date('2026-10-31T23:59:59.999Z'))).toBe(true)
  expect(isInPeriod('2026-10', new Date('2026-11-01T00:00:00.000Z'))).toBe(false)
  expect(periodOf(new Date('2026-10-31T23:59:59.999Z'))).toBe('2026-10')
  expect(periodOf(new Date('2026-11-01T00:00:00.000Z'))).toBe('2026-11')
  expect(usageDayOf(new Date('2026-10-31T23:59:59.999Z'))).toBe('2026-10-31')
})

test('DEC-8: a month closes 72 hours after its end, or after the hours that are configured', () => {
  expect(closesAt('2026-10').toISOString()).toBe('2026-11-04T00:00:00.000Z')
  expect(closesAt('2026-10', 6).toISOString()).toBe('2026-11-01T06:00:00.000Z')
})

test('DEC-32: a month has its actual days', () => {
  expect(daysIn('2026-02')).toBe(28)
  expect(daysIn('2028-02')).toBe(29)
  expect(daysIn('2026-10')).toBe(31)
  expect(firstDayOf('2028-02')).toBe('2028-02-01')
  expect(lastDayOf('2028-02')).toBe('2028-02-29')
})

test('DEC-3: a day is in its month when the calendar has it, and in no other', () => {
  expect(isDayInPeriod('2026-10', '2026-10-01')).toBe(true)
  expect(isDayInPeriod('2026-10', '2026-10-31')).toBe(true)
  expect(isDayInPeriod('2028-02', '2028-02-29')).toBe(true)
  const others = ['2026-10-00', '2026-10-32', '2026-11-01', '2025-10-01', '2026-10-1', '2026-10-01T00', '2026-10']
  expect(others.filter((day) => isDayInPeriod('2026-10', day))).toEqual([])
  expect(isDayInPeriod('2026-02', '2026-02-29')).toBe(false)
})

test('what is no month or no day of the calendar is not one here', () => {
  expect(['2026-13', '2026-00', '2026-1', '26-10', '2026-10-01', ''].map(findBillingPeriod)).toEqual(
    Array(6).fill(undefined),
  )
  expect(['2026-02-29', '2026-04-31', '2026-4-1', '2026-10', ''].map(findUsageDay)).toEqual(Array(5).fill(undefined))
  expect(findUsageDay('2028-02-29')).toBe('2028-02-29')
  expect(() => getBillingPeriod('2026-13')).toThrow('Not a billing period (YYYY-MM): "2026-13"')
})

test('months follow each other without gap or overlap', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2000-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
      (instant) => {
        const period = periodOf(instant)
        expect(isInPeriod(period, instant)).toBe(true)
        expect(periodOfDay(usageDayOf(instant))).toBe(period)
        expect(startOfPeriod(nextPeriod(period))).toEqual(endOfPeriod(period))
        expect(previousPeriod(nextPeriod(period))).toBe(period)
        expect(isInPeriod(nextPeriod(period), instant) || isInPeriod(previousPeriod(period), instant)).toBe(false)
      },
    ),
  )
})
