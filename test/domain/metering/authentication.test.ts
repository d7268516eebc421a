import { expect, test } from 'vitest'
import {
  type AuthenticationEvent,
  authenticationKinds,
  decideAuthenticationMetering,
  findSecondFactorKind,
  findSignInKind,
  type MeteredTenant,
  type SignIn,
  userTypes,
} from '../../../src/domain/metering/authentication.ts'

const identityTenant: MeteredTenant = { kind: 'identity', hasExternalIdentityPricing: false }
const workforceTenant: MeteredTenant = { kind: 'workforce', hasExternalIdentityPricing: true }
const signIn = (others: Partial<SignIn> = {}): SignIn => ({
  event: 'authentication',
  kind: 'interactiveSignIn',
  outcome: 'success',
  userType: 'Member',
  ...others,
})
const attempt = (others: Partial<AuthenticationEvent> = {}): AuthenticationEvent =>
  ({ event: 'secondFactor', kind: 'sms', outcome: 'success', userType: 'Member', ...others }) as AuthenticationEvent
const excluded = (reason: string) => ({ kind: 'excluded', reason })

test.each(authenticationKinds)('MAU-15: %s issues a token, so it is an authentication', (kind) => {
  expect(decideAuthenticationMetering(signIn({ kind }), identityTenant)).toEqual({ kind: 'authentication' })
})

test('MAU-15: creating an account by API is no authentication', () => {
  expect(decideAuthenticationMetering(signIn({ kind: 'accountCreation' }), identityTenant)).toEqual(
    excluded('notTokenIssuing'),
  )
})

test('DEC-24: a sign-in that failed is no authentication; one without a stated outcome succeeded', () => {
  expect(decideAuthenticationMetering(signIn({ outcome: 'failure' }), identityTenant)).toEqual(
    excluded('failedAttempt'),
  )
  expect(decideAuthenticationMetering(signIn({ outcome: undefined }), identityTenant)).toEqual({
    kind: 'authentication',
  })
})

test('DEC-25: a token for a service without a user is never counted', () => {
  const servicePrincipal = excluded('servicePrincipal')
  expect(decideAuthenticationMetering(signIn({ kind: 'servicePrincipalSignIn' }), identityTenant)).toEqual(
    servicePrincipal,
  )
  expect(decideAuthenticationMetering(signIn({ userType: 'ServicePrincipal' }), identityTenant)).toEqual(
    servicePrincipal,
  )
  expect(decideAuthenticationMetering(signIn({ userType: 'ServicePrincipal' }), workforceTenant)).toEqual(
    servicePrincipal,
  )
})

test('MAU-16: in an identity tenant members, guests and accounts of no stated type all count', () => {
  for (const userType of [...userTypes.filter((type) => type !== 'ServicePrincipal'), undefined]) {
    expect(decideAuthenticationMetering(signIn({ userType }), identityTenant)).toEqual({ kind: 'authentication' })
  }
})

test('MAU-16, DEC-26: in a workforce tenant only guests count, and only with external-identity pricing', () => {
  expect(decideAuthenticationMetering(signIn({ userType: 'Guest' }), workforceTenant)).toEqual({
    kind: 'authentication',
  })
  expect(decideAuthenticationMetering(signIn({ userType: 'Member' }), workforceTenant)).toEqual(
    excluded('memberInWorkforceTenant'),
  )
  expect(decideAuthenticationMetering(signIn({ userType: undefined }), workforceTenant)).toEqual(
    excluded('memberInWorkforceTenant'),
  )
  expect(
    decideAuthenticationMetering(signIn({ userType: 'Guest' }), {
      kind: 'workforce',
      hasExternalIdentityPricing: false,
    }),
  ).toEqual(excluded('externalIdentityPricingOff'))
})

test('MAU-19, DEC-24: a second factor costs per attempt, successful or not, on a meter of its own', () => {
  const metered = { kind: 'secondFactor', meterId: 'second-factor-attempts' }
  expect(decideAuthenticationMetering(attempt(), identityTenant)).toEqual(metered)
  expect(decideAuthenticationMetering(attempt({ outcome: 'failure' }), identityTenant)).toEqual(metered)
  expect(decideAuthenticationMetering(attempt({ userType: 'Member' }), workforceTenant)).toEqual(
    excluded('memberInWorkforceTenant'),
  )
})

test('a kind that nobody knows is not one', () => {
  expect(findSignInKind('tokenRefresh')).toBe('tokenRefresh')
  expect(findSignInKind('servicePrincipalSignIn')).toBe('servicePrincipalSignIn')
  expect(findSignInKind('sms')).toBeUndefined()
  expect(findSecondFactorKind('sms')).toBe('sms')
  expect(findSecondFactorKind('tokenRefresh')).toBeUndefined()
})
