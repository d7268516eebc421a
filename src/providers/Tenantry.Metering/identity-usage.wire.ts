import type { CountedMonth } from '../../operations/read-identity-link-usage.ts'
import type { LinkCandidate } from '../../operations/list-identity-link-candidates.ts'

const billingTypeOf = { mau: 'MAU', perAuthentication: 'Auths' } as const

/** The unqualified id of the month below a link or a tenant. */
export function toWireCountedMonth(scope: string, month: CountedMonth) {
  return {
    id: `${scope}/monthlyActiveUsers/${month.period}`,
    name: month.period,
    type: 'Tenantry.Metering/monthlyActiveUsers',
    properties: {
      tenantId: month.identityTenantId,
      period: month.period,
      authentications: Number(month.authentications),
      paidUsers: Number(month.paidUsers),
      monthlyActiveUsers: Number(month.monthlyActiveUsers),
      links: month.links.map((link) => ({
        linkId: link.resourceId ?? null,
        authentications: Number(link.authentications),
        paidUsers: Number(link.paidUsers),
        monthlyActiveUsers: Number(link.monthlyActiveUsers),
        ...(link.resourceId === undefined ? {} : { subscriptionId: link.subscriptionId }),
      })),
      intervals: month.intervals.map(({ model, from, to }) => ({
        billingType: billingTypeOf[model],
        from: from.toISOString(),
        to: to.toISOString(),
      })),
    },
  }
}

export const toWireCandidate = (candidate: LinkCandidate) => ({
  id: `/providers/Tenantry.Metering/linkableTenants/${candidate.id}`,
  name: candidate.id,
  type: 'Tenantry.Metering/linkableTenants',
  properties: {
    tenantId: candidate.id,
    displayName: candidate.displayName,
    domainName: candidate.initialDomain,
    kind: candidate.kind,
    isLinkable: candidate.reasons.length === 0,
    reasons: candidate.reasons,
  },
})
