import { expect, test } from 'vitest'
import { dataResidencies, dataResidencyOf, parseDataResidency } from '../../../src/domain/directory/data-residency.ts'

test.each([
  ['SE', 'Europe'],
  ['GB', 'Europe'],
  ['US', 'United States'],
  ['JP', 'Asia Pacific'],
  ['NZ', 'Australia'],
  ['BR', 'Global'],
])('DEC-15: a tenant of %s is kept in %s unless it asks for another area', (country, area) => {
  expect(dataResidencyOf(country)).toBe(area)
})

test('DEC-15: areas are read without case and white space, and others are refused', () => {
  expect(parseDataResidency('unitedstates')).toBe('United States')
  expect(parseDataResidency('ASIA pacific')).toBe('Asia Pacific')
  for (const area of dataResidencies) expect(parseDataResidency(area)).toBe(area)
  expect(() => parseDataResidency('westeurope')).toThrow("'westeurope' is not an area")
})
