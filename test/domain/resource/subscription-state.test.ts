import { describe, expect, test } from 'vitest'
import {
  decideCancel,
  decideEnable,
  deletionDueAt,
  stateAfter,
  subscriptionEvents,
  type SubscriptionState,
  toWireState,
} from '../../../src/domain/resource/subscription-state.ts'

const states: SubscriptionState[] = ['Active', 'Warned', 'PastDue', 'Disabled', 'Expired', 'Deleted', 'Suspended']
const cancelledAt = new Date('2026-10-01T00:00:00Z')

describe('subscription states', () => {
  test('SUB-5: a deleted subscription never comes back', () => {
    for (const event of subscriptionEvents) expect(stateAfter('Deleted', event)).toBeUndefined()
  })

  test('SUB-26: a suspended subscription is resumed, and nothing else', () => {
    const possible = subscriptionEvents.filter((event) => stateAfter('Suspended', event) !== undefined)
    expect(possible).toEqual(['resume'])
    expect(stateAfter('Suspended', 'resume')).toBe('Active')
  })

  test('SUB-8: what can be used can be cancelled, and is disabled then', () => {
    const cancellable = states.filter((state) => {
      try {
        return decideCancel({ id: 'x', state, cancelledAt: null }) === 'Disabled'
      } catch {
        return false
      }
    })
    expect(cancellable).toEqual(['Active', 'Warned', 'PastDue', 'Expired'])
  })

  test('BIL-23: a subscription that is disabled for an unpaid invoice is not enabled by its Owner', () => {
    expect(decideEnable({ id: 'x', state: 'Disabled', cancelledAt })).toBe('Active')
    expect(() => decideEnable({ id: 'x', state: 'Disabled', cancelledAt: null })).toThrow(/was not cancelled/)
    expect(() => decideEnable({ id: 'x', state: 'Active', cancelledAt: null })).toThrow(/only a cancelled/)
    expect(stateAfter('Disabled', 'settle')).toBe('Active')
  })

  test('SUB-8: data is kept for 90 days after the cancelling', () => {
    expect(deletionDueAt(cancelledAt)).toEqual(new Date('2026-12-30T00:00:00Z'))
  })

  test('SUB-5: the wire knows five states', () => {
    expect(states.map(toWireState)).toEqual([
      'Enabled',
      'Warned',
      'PastDue',
      'Disabled',
      'Disabled',
      'Deleted',
      'Disabled',
    ])
  })
})
