import { describe, expect, test } from 'vitest'
import { holds, parseCostFilter } from '../../../src/domain/billing/cost-filter.ts'
import { parseCostScope } from '../../../src/domain/billing/cost-scope.ts'
import { costWindowOf, findNamedPeriod } from '../../../src/domain/billing/cost-window.ts'
import { Refusal } from '../../../src/domain/refusal.ts'

const now = new Date('2026-10-15T12:00:00Z')

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'accepted'
}

describe('INV-16: a filter of costs', () => {
  test('is read with quotes in quotes, parentheses, instants and bare names, whatever the case', () => {
    const filter = parseCostFilter(
      "(properties/usageStart GE '2026-10-01' And usageEnd le 2026-10-31T23:59:59Z) and ((Properties/resourceGroup eq 'O''Brien''s'))",
    )
    expect(filter).toEqual({
      dates: [
        { property: 'usageStart', comparison: 'ge', value: new Date('2026-10-01T00:00:00Z') },
        { property: 'usageEnd', comparison: 'le', value: new Date('2026-10-31T23:59:59Z') },
      ],
      texts: [{ property: 'resourceGroup', value: "O'Brien's" }],
    })
  })

  test.each([
    "properties/cost ge '5'",
    "properties/usageStart ge '2026-10-01' or properties/usageEnd le '2026-10-31'",
    "not (properties/resourceGroup eq 'a')",
    "properties/resourceGroup ne 'a'",
    "properties/resourceGroup ge 'a'",
    'properties/resourceGroup eq a',
    "properties/usageStart ge '2026-02-30'",
    "properties/usageStart ge '2026-10-01T99:00:00Z'",
    "properties/usageStart ge 'yesterday'",
    "properties/resourceGroup eq 'a",
    "(properties/resourceGroup eq 'a'",
    "properties/resourceGroup eq 'a')",
    "properties/resourceGroup eq 'a' and",
    "properties/resourceGroup eq 'a' properties/meterId eq 'b'",
    "and properties/resourceGroup eq 'a'",
    'properties/resourceGroup',
    `${'('.repeat(100)}properties/resourceGroup eq 'a'${')'.repeat(100)}`,
    `properties/resourceGroup eq '${'a'.repeat(5000)}'`,
    "properties/constructor eq 'a'",
  ])('is refused rather than ignored: %s', (text) => {
    expect(codeOf(() => parseCostFilter(text))).toBe('InvalidFilter')
  })

  test('that is refused says what is supported', () => {
    expect(() => parseCostFilter("properties/cost ge '5'")).toThrow(
      /'properties\/cost'.*properties\/usageStart.*properties\/resourceGroup.*joined by 'and'/,
    )
  })

  test('ends a day with its last second, so that both ends of a month are in it', () => {
    const { dates } = parseCostFilter("usageStart ge '2026-10-01' and usageEnd le '2026-10-31'")
    const lastDay = [new Date('2026-10-31T00:00:00Z'), new Date('2026-10-31T23:59:59Z')]
    expect(dates.map((condition, index) => holds(condition, lastDay[index]!))).toEqual([true, true])
    expect(holds(dates[1]!, new Date('2026-11-01T23:59:59Z'))).toBe(false)
  })
})

describe('INV-4: the months that are asked for', () => {
  const windowOf = (filter: string | undefined, period?: '2026-08') =>
    costWindowOf(parseCostFilter(filter), period, now)

  test('are the present billing month without dates, and months of usage with them', () => {
    expect(windowOf(undefined)).toEqual({ by: 'billingPeriod', periods: ['2026-10'] })
    expect(windowOf("properties/resourceGroup eq 'a'")).toEqual({ by: 'billingPeriod', periods: ['2026-10'] })
    expect(windowOf(undefined, '2026-08')).toEqual({ by: 'billingPeriod', periods: ['2026-08'] })
    expect(windowOf("usageStart ge '2026-08-15'")).toEqual({ by: 'usage', periods: ['2026-08', '2026-09', '2026-10'] })
    expect(windowOf("usageStart ge '2026-08-01' and usageStart lt '2026-09-01'").periods).toEqual(['2026-08'])
    expect(windowOf("usageStart eq '2026-07-04'").periods).toEqual(['2026-07'])
    expect(windowOf("usageStart ge '2026-09-01' and usageEnd le '2026-08-01'").periods).toEqual([])
  })

  test('are bounded', () => {
    expect(codeOf(() => windowOf("usageEnd le '2026-08-15'"))).toBe('InvalidFilter')
    expect(codeOf(() => windowOf("usageStart ge '2020-01-01'"))).toBe('InvalidFilter')
  })

  test('have the names that clients use', () => {
    expect(['202610', '202610-1', '2026-10'].map(findNamedPeriod)).toEqual(['2026-10', '2026-10', '2026-10'])
    expect(['202613', '2026', '20261', 'latest'].map(findNamedPeriod)).toEqual(Array(4).fill(undefined))
  })
})

test('INV-16: costs are kept by subscriptions, groups, accounts, profiles and sections, and by nothing else', () => {
  const id = '0dC0ffee-0000-4000-8000-000000000001'
  const account = '/providers/Microsoft.Billing/billingAccounts/a:b_2019-05-31'
  expect(parseCostScope(`/subscriptions/${id}`)).toMatchObject({
    kind: 'subscription',
    subscriptionId: id.toLowerCase(),
  })
  expect(parseCostScope(`//subscriptions/${id}/resourcegroups/Main/`)).toMatchObject({ resourceGroup: 'Main' })
  expect(parseCostScope(`${account}/billingProfiles/P/invoiceSections/S`)).toMatchObject({ profile: 'P', section: 'S' })
  expect(parseCostScope(`${account}/providers/Microsoft.Billing/billingPeriods/202609`)).toMatchObject({
    id: account,
    period: '2026-09',
  })
  expect(parseCostScope(`${account}/billingPeriods/202609`)).toMatchObject({ id: account, period: '2026-09' })
  for (const scope of [
    `${account}/customers/c`,
    `/providers/Microsoft.Management/managementGroups/g`,
    `/subscriptions/${id}/resourceGroups/Main/providers/Contoso.Compute/machines/m`,
    '',
  ])
    expect(codeOf(() => parseCostScope(scope))).toBe('InvalidScope')
})
