import type { ExclusionReason } from './exclusion.ts'
import { meters } from './meter.ts'

/** The kinds that issue a token to a user, and are therefore authentications (MAU-15). */
export const authenticationKinds = [
  'interactiveSignIn',
  'signUp',
  'passwordReset',
  'silentSignIn',
  'codeExchange',
  'tokenRefresh',
  'directCredentialGrant',
  'invitationRedemption',
  'consoleSignIn',
  'administrativeAct',
] as const
/** Kinds that are reported, too, but are no authentication of a user (MAU-15, DEC-25). */
export const otherSignInKinds = ['accountCreation', 'servicePrincipalSignIn'] as const
export const secondFactorKinds = ['sms', 'phoneCall'] as const

export type SignInKind = (typeof authenticationKinds)[number] | (typeof otherSignInKinds)[number]
export type SecondFactorKind = (typeof secondFactorKinds)[number]
export const authenticationOutcomes = ['success', 'failure'] as const
export type AuthenticationOutcome = (typeof authenticationOutcomes)[number]
export const userTypes = ['Member', 'Guest', 'ServicePrincipal'] as const
export type UserType = (typeof userTypes)[number]

export interface SignIn {
  readonly event: 'authentication'
  readonly kind: SignInKind
  readonly outcome?: AuthenticationOutcome | undefined
  readonly userType?: UserType | undefined
}
export interface SecondFactorAttempt {
  readonly event: 'secondFactor'
  readonly kind: SecondFactorKind
  readonly outcome?: AuthenticationOutcome | undefined
  readonly userType?: UserType | undefined
}
export type AuthenticationEvent = SignIn | SecondFactorAttempt

/** What of a tenant decides who counts in it; only workforce tenants can have external-identity pricing off (DEC-26). */
export interface MeteredTenant {
  readonly kind: 'identity' | 'workforce'
  readonly hasExternalIdentityPricing: boolean
}

/** An authentication goes on to the billing model that held at its time; a second factor has a meter of its own. */
export type AuthenticationMetering =
  | { readonly kind: 'authentication' }
  | { readonly kind: 'secondFactor'; readonly meterId: typeof meters.secondFactorAttempts.meterId }
  | { readonly kind: 'excluded'; readonly reason: ExclusionReason }

/** Whether an event counts at all, before link and model are asked (MAU-15, MAU-16, MAU-19, DEC-24 to DEC-26). */
export function decideAuthenticationMetering(
  event: AuthenticationEvent,
  tenant: MeteredTenant,
): AuthenticationMetering {
  if (event.userType === 'ServicePrincipal' || event.kind === 'servicePrincipalSignIn') {
    return { kind: 'excluded', reason: 'servicePrincipal' }
  }
  if (event.kind === 'accountCreation') return { kind: 'excluded', reason: 'notTokenIssuing' }
  // An attempt at a second factor costs whether it succeeds or not; a sign-in that failed has issued nothing.
  if (event.event === 'authentication' && event.outcome === 'failure') {
    return { kind: 'excluded', reason: 'failedAttempt' }
  }
  if (tenant.kind === 'workforce') {
    if (!tenant.hasExternalIdentityPricing) return { kind: 'excluded', reason: 'externalIdentityPricingOff' }
    if (event.userType !== 'Guest') return { kind: 'excluded', reason: 'memberInWorkforceTenant' }
  }
  return event.event === 'secondFactor'
    ? { kind: 'secondFactor', meterId: meters.secondFactorAttempts.meterId }
    : { kind: 'authentication' }
}

export function findSignInKind(text: string): SignInKind | undefined {
  return [...authenticationKinds, ...otherSignInKinds].find((kind) => kind === text)
}

export function findSecondFactorKind(text: string): SecondFactorKind | undefined {
  return secondFactorKinds.find((kind) => kind === text)
}
