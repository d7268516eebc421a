import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/domain/resource/resource-filter.ts'

const fields = ['resourceType', 'location', 'tagName', 'tagValue'] as const

describe('$filter', () => {
  test.each([
    ['', {}],
    ["resourceType eq 'A.B/c'", { resourceType: 'A.B/c' }],
    ["TAGNAME eq 'a' AND tagValue EQ 'b and c'", { tagName: 'a', tagValue: 'b and c' }],
    ["tagName eq 'it''s'", { tagName: "it's" }],
    ["location eq 'West Europe'", { location: 'westeurope' }],
  ])('%s is understood', (text, filter) => {
    expect(parseFilter(text, fields)).toEqual(filter)
  })

  test.each([
    "name eq 'a'",
    "resourceType ne 'A.B/c'",
    "resourceType eq 'a' or resourceType eq 'b'",
    "resourceType eq 'a' and",
    "and resourceType eq 'a'",
    "resourceType eq 'a' resourceType eq 'b'",
    "resourceType eq 'a' and resourceType eq 'b'",
    "tagValue eq 'b'",
    "startswith(tagName, 'a')",
    "resourceType eq 'a",
  ])('%s is refused and never ignored', (text) => {
    expect(() => parseFilter(text, fields)).toThrow(/not supported/)
  })
})
