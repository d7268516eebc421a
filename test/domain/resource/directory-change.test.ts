import { describe, expect, test } from 'vitest'
import {
  type AcceptanceFacts,
  type DirectoryChange,
  expiryOf,
  requireAcceptable,
  requireChangeable,
  stateAt,
} from '../../../src/domain/resource/directory-change.ts'
import { countLosses, lossesAsCsv, scopesBeside } from '../../../src/domain/resource/directory-change-loss.ts'

const made = new Date('2026-10-01T12:00:00Z')
const change: DirectoryChange = {
  id: 'c',
  subscriptionId: 's',
  source: { tenantId: 'old', ownerId: 'olga', ownerEmail: null },
  destination: { tenantId: 'new', ownerId: 'fiona' },
  losses: {},
  state: 'Initialized',
  createdAt: made,
  expiresAt: expiryOf(made),
  endedAt: null,
}
const subscription = { id: 's', state: 'Active', tenantId: 'old', isPartners: false } as const
const acceptable: AcceptanceFacts = { change, subscription, isRequesterEntitled: true, heldGroups: [] }
const codeOf = (run: () => void): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'allowed'
}

test('SUB-18: a request reads as expired from its 24th hour on, also when the due work has not run', () => {
  expect(stateAt(change, new Date('2026-10-02T11:59:59.999Z'))).toBe('Initialized')
  expect(stateAt(change, new Date('2026-10-02T12:00:00Z'))).toBe('Expired')
  expect(stateAt({ ...change, state: 'Completed' }, new Date('2026-11-01T00:00:00Z'))).toBe('Completed')
})

describe('what is refused at the acceptance', () => {
  test.each<[string, Partial<AcceptanceFacts>]>([
    ['allowed', {}],
    ['allowed', { subscription: { ...subscription, state: 'PastDue' } }],
    ['DirectoryChangeNotPending', { change: { ...change, state: 'Canceled' } }],
    ['DirectoryChangeNotPending', { change: { ...change, state: 'Completed' } }],
    ['DirectoryChangeExpired', { change: { ...change, state: 'Expired' } }],
    ['DirectoryChangeNotSupportedForPartnerSubscription', { subscription: { ...subscription, isPartners: true } }],
    ['SubscriptionNotActive', { subscription: { ...subscription, state: 'Disabled' } }],
    ['SubscriptionNotActive', { subscription: { ...subscription, state: 'Suspended' } }],
    ['DirectoryChangeRequesterNotEntitled', { isRequesterEntitled: false }],
    ['DirectoryChangeRequesterNotEntitled', { subscription: { ...subscription, tenantId: 'third' } }],
    ['ResourceGroupLocked', { heldGroups: ['moving'] }],
  ])('SUB-18: %s for %j', (code, facts) => {
    expect(codeOf(() => requireAcceptable({ ...acceptable, ...facts }, made))).toBe(code)
  })
})

test.each<[string, string[], 'workforce' | 'identity' | undefined]>([
  ['allowed', ['old', 'new'], 'workforce'],
  ['CallerNotInTargetTenant', ['old'], 'workforce'],
  ['CallerNotInTargetTenant', ['old', 'new'], undefined],
  ['CallerNotInSourceTenant', ['new'], 'workforce'],
  ['DestinationTenantNotSupported', ['old', 'new'], 'identity'],
])('SUB-18: %s with accounts in %j, for a %s tenant', (code, tenants, kind) => {
  expect(codeOf(() => requireChangeable(subscription, { tenantId: 'new', kind }, tenants))).toBe(code)
})

test('SUB-19: a role of one’s own goes with its last scope, and a longer subscription id is another one', () => {
  expect(scopesBeside(['/subscriptions/A', '/Subscriptions/a/resourceGroups/x', '/subscriptions/ab'], 'a')).toEqual([
    '/subscriptions/ab',
  ])
})

test('SUB-19: losses are counted by kind, and a table quotes what would break it', () => {
  const loss = { kind: 'roleAssignment', consequence: 'deleted', id: 'i', scope: '/s', name: 'n' } as const
  expect(countLosses([{ ...loss, content: {} }])).toEqual({ roleAssignment: 1 })
  const [, line] = lossesAsCsv([{ ...loss, content: { principalName: 'a "b", c' } }]).split('\r\n')
  expect(line).toBe('roleAssignment,deleted,/s,n,i,,,"a ""b"", c",,"{""principalName"":""a \\""b\\"", c""}"')
})
