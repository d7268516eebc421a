import { expect, test } from 'vitest'
import type { BillingScope } from '../../../src/domain/billing/billing-ids.ts'
import {
  type BilledSubscription,
  decideSubscriptionMove,
  type MoveFacts,
  moveTask,
} from '../../../src/domain/billing/subscription-move.ts'

const source: BilledSubscription = {
  account: 'a:b',
  profile: 'P1',
  section: 'S1',
  state: 'Active',
  profileStatus: 'Active',
}
const destination: BillingScope = { account: 'A:B', profile: 'p2', section: 's2' }
const facts: MoveFacts = {
  mayLeave: true,
  mayArrive: true,
  profile: { name: 'P2', billingAccountName: 'a:b', status: 'Active' },
  section: { name: 'S2', billingProfileName: 'P2', state: 'Active', isHidden: false },
}

test('BIL-9: a section of the same profile asks for U3, another profile for U4, whatever the casing', () => {
  expect(moveTask(source, { ...destination, profile: 'p1' })).toBe('U3')
  expect(moveTask(source, destination)).toBe('U4')
})

test('BIL-9: with everything in order the subscription moves, and to where it is it need not', () => {
  expect(decideSubscriptionMove(source, destination, facts)).toEqual({ kind: 'moved', profile: 'P2', section: 'S2' })
  expect(decideSubscriptionMove({ ...source, profile: 'P2', section: 'S2' }, destination, facts).kind).toBe('unchanged')
})

test.each([
  ['InvalidDestination', {}, { ...destination, section: undefined }, {}],
  ['CrossBillingAccountNotAllowed', {}, { ...destination, account: 'c:d' }, { mayLeave: false }],
  ['InsufficientPermissionOnSource', {}, destination, { mayLeave: false, mayArrive: false }],
  ['InsufficientPermissionOnDestination', {}, destination, { mayArrive: false, profile: undefined }],
  ['SubscriptionTypeNotSupported', { section: null }, destination, {}],
  ['DestinationBillingProfileNotFound', {}, destination, { profile: undefined }],
  [
    'DestinationBillingProfileNotFound',
    {},
    destination,
    { profile: { name: 'P2', billingAccountName: 'c:d', status: 'Active' } },
  ],
  ['DestinationInvoiceSectionNotFound', {}, destination, { section: undefined }],
  [
    'DestinationInvoiceSectionNotFound',
    {},
    destination,
    { section: { name: 'S2', billingProfileName: 'P2', state: 'Active', isHidden: true } },
  ],
  ['SubscriptionNotActive', { state: 'Disabled' }, destination, {}],
  ['SourceBillingProfilePastDue', { profileStatus: 'PastDue' }, destination, {}],
  [
    'DestinationBillingProfilePastDue',
    {},
    destination,
    { profile: { name: 'P2', billingAccountName: 'a:b', status: 'PastDue' } },
  ],
  [
    'DestinationBillingProfileInactive',
    {},
    destination,
    { profile: { name: 'P2', billingAccountName: 'a:b', status: 'Disabled' } },
  ],
  [
    'InvoiceSectionIsRestricted',
    {},
    destination,
    { section: { name: 'S2', billingProfileName: 'P2', state: 'Restricted', isHidden: false } },
  ],
  [
    'DestinationInvoiceSectionInactive',
    {},
    destination,
    { section: { name: 'S2', billingProfileName: 'P2', state: 'Deleted', isHidden: false } },
  ],
] as const)('BIL-9: a move is refused as %s', (refusal, ofSource, to, ofFacts) => {
  expect(decideSubscriptionMove({ ...source, ...ofSource }, to, { ...facts, ...ofFacts })).toMatchObject({
    kind: 'refused',
    refusal,
  })
})
