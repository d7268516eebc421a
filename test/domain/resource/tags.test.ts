import { describe, expect, test } from 'vitest'
import { applyTags, checkTags } from '../../../src/domain/resource/tags.ts'

describe('tags', () => {
  test('names compare without case, values with it', () => {
    expect(applyTags({ Team: 'a' }, 'Merge', { team: 'A' })).toEqual({ team: 'A' })
    expect(applyTags({ Team: 'a' }, 'Delete', { TEAM: 'A' })).toEqual({ Team: 'a' })
    expect(applyTags({ Team: 'a' }, 'Delete', { TEAM: 'a' })).toEqual({})
    expect(applyTags({ Team: 'a' }, 'Replace', { other: 'b' })).toEqual({ other: 'b' })
    expect(() => checkTags({ a: '', A: '' })).toThrow(/differ only in case/)
  })

  test('have limits, also after a merge', () => {
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag${index}`, '']))
    expect(applyTags(fifty, 'Merge', { TAG0: 'x' })).toMatchObject({ TAG0: 'x' })
    expect(() => applyTags(fifty, 'Merge', { one: 'more' })).toThrow(/51 tags/)
    expect(() => checkTags({ ['n'.repeat(513)]: '' })).toThrow(/1 to 512/)
    expect(() => checkTags({ 'a/b': '' })).toThrow(/none of/)
    expect(() => checkTags({ a: 'v'.repeat(257) })).toThrow(/256/)
  })
})
