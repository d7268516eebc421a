/** Meters of identity tenants. Other meters are named by price lists and by stacks. */
export const meters = {
  authentications: { meterId: 'authentications', unit: 'authentication', lineKind: 'authentications' },
  monthlyActiveUsers: { meterId: 'monthly-active-users', unit: 'monthly active user', lineKind: 'monthlyActiveUsers' },
  secondFactorAttempts: { meterId: 'second-factor-attempts', unit: 'attempt', lineKind: 'secondFactorAttempts' },
  localResidency: { meterId: 'local-residency', unit: 'monthly active user', lineKind: 'localResidency' },
} as const

export type IdentityMeter = (typeof meters)[keyof typeof meters]
export type IdentityMeterId = IdentityMeter['meterId']

export function findIdentityMeter(meterId: string): IdentityMeter | undefined {
  return Object.values(meters).find((meter) => meter.meterId === meterId)
}
