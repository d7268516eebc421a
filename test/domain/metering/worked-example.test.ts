import { expect, test } from 'vitest'
import type { LinkPeriod } from '../../../src/domain/metering/link-period.ts'
import {
  classifyTenantMonth,
  quantitiesPerDay,
  type UserAuthentication,
} from '../../../src/domain/metering/monthly-active-users.ts'
import { adjust } from '../../../src/domain/rating/adjustment.ts'
import type { BillingPeriod } from '../../../src/domain/rating/billing-period.ts'
import { formatMinor } from '../../../src/domain/rating/money.ts'
import { shippedPriceList } from '../../../src/domain/rating/price-lists.ts'
import { rateMonth } from '../../../src/domain/rating/rate-month.ts'

const changedAt = new Date('2026-10-10T08:30:15.123Z')
const perAuthentication: LinkPeriod = {
  linkId: 'link-1',
  subscriptionId: 'subscription-1',
  model: 'perAuthentication',
  from: new Date('2019-01-01T00:00:00Z'),
  to: changedAt,
}
const links: readonly LinkPeriod[] = [
  perAuthentication,
  { ...perAuthentication, model: 'mau', from: changedAt, to: null },
]

let lastEventId = 0
const signIn = (userId: string, usageAt: string): UserAuthentication => ({
  userId,
  eventId: `event-${++lastEventId}`,
  usageAt: new Date(usageAt),
  reportedAt: new Date(usageAt),
})
const usersOf = (group: string, count: number) => Array.from({ length: count }, (_, index) => `${group}-${index}`)
const groupA = usersOf('a', 100)
const groupB = usersOf('b', 150)

/** Of 1,000 users 250 are active: A three times before the change and again after it, B after it only, C not at all. */
const october: readonly UserAuthentication[] = [
  ...groupA.flatMap((user) => ['02', '05', '09', '20'].map((day) => signIn(user, `2026-10-${day}T09:00:00Z`))),
  ...groupB.flatMap((user) => ['12', '28'].map((day) => signIn(user, `2026-10-${day}T09:00:00Z`))),
]

function statementOf(period: BillingPeriod, events: readonly UserAuthentication[]) {
  const month = classifyTenantMonth(period, events, links)
  const { lines, subtotalMinor } = rateMonth({
    period,
    currency: 'USD',
    priceLists: [{ priceList: shippedPriceList('illustration', 'USD'), effectiveFrom: null, effectiveTo: null }],
    records: quantitiesPerDay('identity-tenant-1', month.units).map((record) => ({
      ...record,
      invoiceSectionId: 'section-1',
    })),
  })
  return {
    month,
    lines,
    brief: lines.map((line) => `${line.meterId}: ${line.quantity} = ${formatMinor(line.amountMinor, 'USD')}`),
    total: formatMinor(subtotalMinor, 'USD'),
  }
}

test('MAU-25: the worked example costs 3.00 + 7.50 = 10.50, for 300 authentications and 150 users', () => {
  const { brief, total, month } = statementOf('2026-10', october)
  expect(brief).toEqual(['authentications: 300 = 3.00', 'monthly-active-users: 150 = 7.50'])
  expect(total).toBe('10.50')
  expect(month.paidPerAuthentication.size).toBe(100)
  expect(month.monthlyActive.size).toBe(150)
})

test('MAU-27: in the month after the change the same 250 users cost 12.50', () => {
  const november = [...groupA, ...groupB].map((user) => signIn(user, '2026-11-03T09:00:00Z'))
  const { brief, total } = statementOf('2026-11', november)
  expect(brief).toEqual(['monthly-active-users: 250 = 12.50'])
  expect(total).toBe('12.50')
})

test('MAU-26: the bill is the same when the users of A are active only before the change', () => {
  const onlyBefore = october.filter((event) => !groupA.includes(event.userId) || event.usageAt < changedAt)
  expect(onlyBefore).toHaveLength(600)
  expect(statementOf('2026-10', onlyBefore).total).toBe('10.50')
})

test('DEC-5: a further user in the very instant of the change counts as an active user', () => {
  const { brief, total } = statementOf('2026-10', [...october, signIn('d', '2026-10-10T08:30:15.123Z')])
  expect(brief).toEqual(['authentications: 300 = 3.00', 'monthly-active-users: 151 = 7.55'])
  expect(total).toBe('10.55')
})

test('DEC-4, DEC-5: a further user in the same second, but before the change, is charged per authentication', () => {
  const { brief } = statementOf('2026-10', [...october, signIn('d', '2026-10-10T08:30:15.122Z')])
  expect(brief).toEqual(['authentications: 301 = 3.01', 'monthly-active-users: 150 = 7.50'])
})

test('DEC-6: a late event from before the change makes it 301 authentications and 149 users', () => {
  const late = { ...signIn('b-7', '2026-10-09T09:00:00Z'), reportedAt: new Date('2026-10-30T00:00:00Z') }
  const { brief, total } = statementOf('2026-10', [...october, late])
  expect(brief).toEqual(['authentications: 301 = 3.01', 'monthly-active-users: 149 = 7.45'])
  expect(total).toBe('10.46')
})

test('DEC-7: when the month was billed already, the late event comes as +0.01 and −0.05 on the next invoice', () => {
  const late = { ...signIn('b-7', '2026-10-09T09:00:00Z'), reportedAt: new Date('2026-11-20T00:00:00Z') }
  const adjustments = adjust(statementOf('2026-10', october).lines, statementOf('2026-10', [...october, late]).lines)
  expect(adjustments.map((line) => [line.meterId, line.quantity, formatMinor(line.amountMinor, 'USD')])).toEqual([
    ['authentications', '1', '0.01'],
    ['monthly-active-users', '-1', '-0.05'],
  ])
})
