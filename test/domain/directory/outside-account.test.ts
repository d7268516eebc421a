import { expect, test } from 'vitest'
import { decideOutsideAccount } from '../../../src/domain/directory/outside-account.ts'
import type { SignInIdentity, UserAccount } from '../../../src/domain/directory/user-account.ts'

const issuer = 'https://login.woodgrove.example'
const identity = { issuer, subject: 'Ada-1', email: 'ada@example.com', isEmailVerified: true, name: 'Ada' }
const federated = { signInType: 'federated', issuer, issuerAssignedId: 'Ada-1' }

const account = (identities: readonly SignInIdentity[], accountEnabled = true): UserAccount => ({
  id: '11111111-0000-4000-8000-000000000001',
  tenantId: '11111111-0000-4000-8000-000000000000',
  displayName: 'Ada',
  createdAt: new Date('2026-01-01T00:00:00Z'),
  revision: 1n,
  userPrincipalName: 'ada@woodgrove.onmicrosoft.com',
  mail: 'ada@example.com',
  mailNickname: null,
  givenName: null,
  surname: null,
  userType: 'Member',
  accountClass: 'consumer',
  accountEnabled,
  home: null,
  externalUserState: null,
  externalUserStateChangedAt: null,
  identities,
})

test('TEN-9: who has the issuer and the subject to the letter signs in', () => {
  const ada = account([{ ...federated, issuer: 'https://other.example' }, federated])
  expect(decideOutsideAccount(identity, ada, { allowsSignUp: true })).toEqual({ kind: 'signIn', account: ada })
})

test.each([
  ['a subject in another case', { ...federated, issuerAssignedId: 'ada-1' }],
  ['an issuer in another case', { ...federated, issuer: 'https://Login.woodgrove.example' }],
  ['an issuer with a slash more', { ...federated, issuer: `${issuer}/` }],
  ['a local name that reads the same', { ...federated, signInType: 'userName' }],
])('TEN-9: %s is somebody else, and nobody signs up beside them', (_, other) => {
  for (const allowsSignUp of [true, false])
    expect(decideOutsideAccount(identity, account([other]), { allowsSignUp })).toEqual({
      kind: 'refused',
      refusal: 'subjectTaken',
    })
})

test('TEN-9: a stranger signs up only where that is allowed, and a disabled account is not replaced by a new one', () => {
  expect(decideOutsideAccount(identity, undefined, { allowsSignUp: true })).toEqual({ kind: 'signUp' })
  expect(decideOutsideAccount(identity, undefined, { allowsSignUp: false })).toEqual({
    kind: 'refused',
    refusal: 'unknown',
  })
  expect(decideOutsideAccount(identity, account([federated], false), { allowsSignUp: true })).toEqual({
    kind: 'refused',
    refusal: 'disabled',
  })
})
