import { conflict, forbidden, invalid, Refusal } from '../refusal.ts'
import type { CurrentBillingModel } from './authentication-model.ts'
import type { IdentityLinkKind, IdentityLinkRefusal, LegacyLinkDecision } from './identity-link.ts'

export const relinkSteps =
  'To bill it to another subscription: (1) invite a person from the destination as a guest of the identity tenant and make them Global Administrator there, (2) delete the link where it is, (3) let that person create the link in the destination subscription. Users, applications and settings of the tenant are not touched.'

export interface ObstacleFacts {
  /** As the caller named it. */
  readonly tenant: string
  /** Only of a link that the caller may read; nobody else learns where a tenant is linked. */
  readonly readableLinkId?: string | undefined
}

const whatOf = { identityTenant: 'identity tenant', guestUsage: 'tenant' } as const satisfies Record<
  IdentityLinkKind,
  string
>

const otherKind: Record<IdentityLinkKind, (tenant: string) => Refusal> = {
  identityTenant: (tenant) =>
    conflict(
      'TenantNotAnIdentityTenant',
      `'${tenant}' is a workforce tenant, which holds subscriptions itself and has no link. For its guests create 'Microsoft.AzureActiveDirectory/guestUsages' instead.`,
      'name',
    ),
  guestUsage: (tenant) =>
    conflict(
      'TenantNotAWorkforceTenant',
      `'${tenant}' is an identity tenant. Link it with 'Microsoft.AzureActiveDirectory/b2cDirectories', which counts all its accounts.`,
      'properties.tenantId',
    ),
}

const obstacles: Record<IdentityLinkRefusal, (wanted: IdentityLinkKind, facts: ObstacleFacts) => Refusal> = {
  not_tenant_administrator: (wanted, { tenant }) =>
    forbidden(
      'NotIdentityTenantAdministrator',
      `You need to be Global Administrator of the ${whatOf[wanted]} '${tenant}', in your own account or as its guest, to link it. A role on the subscription does not help. Ask an administrator of that tenant to give you the role, or to create the link.`,
      { target: 'name' },
    ),
  already_linked: (wanted, { tenant, readableLinkId }) =>
    conflict(
      'IdentityTenantAlreadyLinked',
      `The ${whatOf[wanted]} '${tenant}' is linked already${
        readableLinkId === undefined ? ' to a subscription that you cannot read' : ` by '${readableLinkId}'`
      }. A tenant has one link at a time: delete that link first, or move it here if both subscriptions are in the same tenant.`,
      'name',
    ),
  tenant_of_other_kind: (wanted, { tenant }) => otherKind[wanted](tenant),
}

/** The sentences of a refused link, each with what to do next. */
export const refusedIdentityLink = (
  wanted: IdentityLinkKind,
  refusal: IdentityLinkRefusal,
  facts: ObstacleFacts,
): Refusal => obstacles[refusal](wanted, facts)

/** MAU-22: who changed it and when is part of the answer, so that nobody has to search. */
export function billingModelIrreversible(link: string, current: CurrentBillingModel): Refusal {
  return new Refusal(
    'conflict',
    'BillingModelIrreversible',
    `The link '${link}' is billed by monthly active users since ${current.effectiveFrom.toISOString()}, set by '${current.setBy}'. It cannot return to billing per authentication.`,
    {
      target: 'properties.billingConfig.billingType',
      additionalInfo: [
        {
          type: 'BillingModel',
          info: {
            billingType: 'MAU',
            effectiveStartDateUtc: current.effectiveFrom.toISOString(),
            setBy: current.setBy,
          },
        },
      ],
    },
  )
}

/** DEC-44 */
export function billingModelNotSchedulable(now: Date): Refusal {
  return invalid(
    'BillingModelChangeNotSchedulable',
    `The change of the billing model takes effect when it is confirmed, which would be ${now.toISOString()}; it can be neither scheduled nor backdated. Leave out 'effectiveStartDateUtc'.`,
    'properties.billingConfig.effectiveStartDateUtc',
  )
}

type LegacyRefusal = Extract<LegacyLinkDecision, { kind: 'refused' }>['refusal']

const legacyRefusals: Record<LegacyRefusal, () => Refusal> = {
  linked_in_the_future: () =>
    invalid(
      'LegacyLinkInTheFuture',
      "'linkedAt' is later than now. A legacy link is one that exists already; create a new one in the subscription itself.",
      'properties.linkedAt',
    ),
  model_not_of_that_time: () =>
    conflict(
      'BillingModelNotAvailable',
      'A link of that date is billed by monthly active users; only older links, never changed, are billed per authentication.',
      'properties.billingType',
    ),
  change_out_of_order: () =>
    invalid(
      'LegacyLinkChangeOutOfOrder',
      "A legacy link that was changed to monthly active users needs 'mauSince': after 'linkedAt', not before that model came into being and not in the future.",
      'properties.mauSince',
    ),
}

export const refusedLegacyLink = (refusal: LegacyRefusal): Refusal => legacyRefusals[refusal]()

/** What goes and what stays when a link is deleted. */
export const unlinkNotices = {
  /** MAU-30 */
  onlyLinkRemoved: (link: string) =>
    ({
      code: 'OnlyLinkRemoved',
      message: `Only the billing link of '${link}' is removed; users, applications, user flows and settings of the tenant are untouched. Usage from now on is recorded and shown as unbilled.`,
    }) as const,
  /** MAU-12 */
  billingModelNotKept: {
    code: 'BillingModelNotKept',
    message:
      'Linked again, the tenant is billed by monthly active users: the per-authentication model cannot be kept through a new link.',
  } as const,
  /** MAU-31 */
  noDestinationAdministrator: (link: string) =>
    ({
      code: 'NoDestinationAdministrator',
      message: `Nobody from another directory is Global Administrator of '${link}' yet, so it can be linked again only by people of its present directory. ${relinkSteps}`,
    }) as const,
}
