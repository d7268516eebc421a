/** Why an event costs nothing. Closed: every accepted event that is not rated, held or quarantined has one of these. */
export const exclusionReasons = {
  unlinked: 'The identity tenant had no link at that time (MAU-20).',
  subscriptionCancelled: 'The subscription was cancelled at that time (SUB-8).',
  paidPerAuthenticationThisMonth: 'The user was charged per authentication this month (MAU-25, MAU-26).',
  alreadyCountedThisMonth: 'The user is counted in this month already (MAU-14).',
  notTokenIssuing: 'Nothing was issued, so it is no authentication (MAU-15).',
  failedAttempt: 'A failed attempt is no authentication (DEC-24).',
  servicePrincipal: 'A service signed in, not a user (DEC-25).',
  memberInWorkforceTenant: 'Members of a workforce tenant are not counted, guests are (MAU-16).',
  externalIdentityPricingOff: 'The workforce tenant has no external-identity pricing (DEC-26).',
  developmentRegistration: 'Usage of a development registration is free (STK-26).',
  infrastructureVirtualMachine: "The stack's own virtual machines are free (STK-26).",
  overlappingMeter: 'Another meter charges the same usage (STK-27).',
} as const
export type ExclusionReason = keyof typeof exclusionReasons

/** Why an event waits. It is rated as soon as the reason has gone. */
export const holdReasons = {
  registrationInvalid: "The stack's registration is not valid at present (DEC-31).",
  noPayer: 'Nobody pays for the subscription at present.',
  noPrice: "The payer's price list has no price for the meter on that day.",
} as const
export type HoldReason = keyof typeof holdReasons

/** Why an event needs a person to look at it. */
export const quarantineReasons = {
  tooLate: 'It arrived more than 90 days after the usage (DEC-8).',
  unknownMeter: 'No meter has this name.',
  unknownSubscription: 'No subscription has this id.',
  unknownRegistration: 'No stack has this cloud id.',
} as const
export type QuarantineReason = keyof typeof quarantineReasons

/** How every accepted event ends; "pending" and "unbilled" are labels over this. */
export type EventOutcome =
  | { readonly kind: 'rated'; readonly meterId: string }
  | { readonly kind: 'excluded'; readonly reason: ExclusionReason }
  | { readonly kind: 'held'; readonly reason: HoldReason }
  | { readonly kind: 'quarantined'; readonly reason: QuarantineReason }

/** Usage that nobody has agreed to pay is recorded and shown as such, never billed later (MAU-20, DEC-10, SUB-8). */
export const unbilledReasons = ['unlinked', 'subscriptionCancelled'] as const satisfies readonly ExclusionReason[]

export function isUnbilled(outcome: EventOutcome): boolean {
  return outcome.kind === 'excluded' && unbilledReasons.some((reason) => reason === outcome.reason)
}

const dayMs = 86_400_000
export const defaultLateDays = 90

/** Usage is accepted until exactly so many days after it, then reviewed by a person (DEC-8). */
export function isTooLate(usageAt: Date, reportedAt: Date, lateDays: number = defaultLateDays): boolean {
  return reportedAt.getTime() - usageAt.getTime() > lateDays * dayMs
}
