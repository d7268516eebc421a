import { z } from 'zod'
import { billingAccountId } from '../../domain/billing/billing-ids.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, queryValue } from '../../http/operation.ts'
import type { AccountChange, AccountExpansion, AccountView } from '../../operations/change-billing-account.ts'
import { addressBody, fromWireAddress } from '../../http/address.ts'
import { toWireProfile } from './billing-profile.wire.ts'

/** Published for enterprise agreements; refused by name and not silently left out. */
const notOffered = (what: string) => z.array(z.unknown()).max(0, `${what} are not offered here.`).optional()

export const accountBody = z.object({
  properties: z.object({
    displayName: z.string().trim().min(1).max(256).optional(),
    soldTo: addressBody.optional(),
    notificationEmailAddress: z.email().nullish(),
    departments: notOffered('Departments'),
    enrollmentAccounts: notOffered('Enrollment accounts'),
  }),
})

export function fromWireAccount({ properties }: z.output<typeof accountBody>): AccountChange {
  return {
    displayName: properties.displayName,
    soldTo: properties.soldTo && fromWireAddress(properties.soldTo),
    notificationEmail: properties.notificationEmailAddress,
  }
}

export function toWireAccount({ account, hasReadAccess, profiles, sections }: AccountView) {
  return {
    id: billingAccountId(account.name),
    name: account.name,
    type: 'Microsoft.Billing/billingAccounts',
    properties: {
      displayName: account.displayName,
      agreementType: account.agreementType,
      accountType: account.accountType,
      accountStatus: account.accountStatus,
      hasReadAccess,
      ...(hasReadAccess
        ? { soldTo: account.soldTo, notificationEmailAddress: account.notificationEmail ?? undefined }
        : {}),
      ...(profiles
        ? {
            billingProfiles: {
              hasMoreResults: false,
              value: profiles.map(({ profile, ...access }) =>
                toWireProfile({
                  profile,
                  hasReadAccess: access.hasReadAccess,
                  account: account.name,
                  agreementType: account.agreementType,
                  sections: sections?.filter((section) => section.billingProfileName === profile.name),
                }),
              ),
            },
          }
        : {}),
    },
  }
}

const expansions = ['soldto', 'billingprofiles', 'billingprofiles/invoicesections', 'enrollmentdetails', 'departments']

export function readExpansion(request: ApiRequest): AccountExpansion {
  const parts = (queryValue(request, '$expand') ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
  const unknown = parts.find((part) => !expansions.includes(part))
  if (unknown !== undefined)
    throw invalid(
      'InvalidExpand',
      `'${unknown}' cannot be expanded. Use soldTo, billingProfiles or billingProfiles/invoiceSections.`,
      '$expand',
    )
  const sections = parts.includes('billingprofiles/invoicesections')
  return { profiles: sections || parts.includes('billingprofiles'), sections }
}
