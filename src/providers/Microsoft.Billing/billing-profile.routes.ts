import { z } from 'zod'
import { billingProfileId } from '../../domain/billing/billing-ids.ts'
import { invalid } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import {
  type ApiRequest,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  getProfile,
  getPurchasePolicies,
  listProfiles,
  type ProfileView,
  putProfile,
  setPurchasePolicies,
} from '../../operations/change-billing-profile.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteProfile, validateProfileDeletion } from '../../operations/delete-billing-profile.ts'
import { includesDeleted, toWireEligibility } from './delete-eligibility.wire.ts'
import { fromWireProfile, profileBody, toWireProfile } from './billing-profile.wire.ts'

const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const profiles = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/billingProfiles'
const path = `${profiles}/{billingProfileName}`

export const policyBody = z.object({
  properties: z.object({
    marketplacePurchases: z.enum(['AllAllowed', 'OnlyFreeAllowed', 'NotAllowed']).optional(),
    reservationPurchases: z.enum(['Allowed', 'NotAllowed']).optional(),
    viewCharges: z.enum(['Allowed', 'NotAllowed']).optional(),
  }),
})

export const billingProfileOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'BillingProfiles_ListByBillingAccount',
    method: 'GET',
    path: profiles,
    statuses: [200],
    permission: 'A5 View all profiles; others see those that they have a role on',
    summary: 'The billing profiles of an account.',
    query: { $expand: 'optional', includeDeleted: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const views = await listProfiles(context, accountOf(request), expandsSections(request), includesDeleted(request))
      const rest = views.filter(({ profile }) => after === undefined || profile.name > after)
      const { rows, next } = splitPage(rest, top, ({ profile }) => profile.name)
      return ok(
        toPage(
          request,
          rows.map((view) => wireOf(view)),
          next,
        ),
      )
    },
  },
  {
    ...common,
    id: 'BillingProfiles_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'P3 View profile properties',
    summary: 'A billing profile.',
    query: { $expand: 'optional' },
    async handle(context, request) {
      const view = await getProfile(context, accountOf(request), profileOf(request), expandsSections(request))
      return ok(wireOf(view))
    },
  },
  {
    ...common,
    id: 'BillingProfiles_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'A6 Create a profile; P4 Update profile properties',
    summary: 'Makes a profile with its first section, or changes one.',
    body: profileBody,
    async handle(context, request) {
      const wanted = fromWireProfile(parseBody(request, profileBody))
      const put = await putProfile(context, accountOf(request), profileOf(request), wanted)
      const headers: Record<string, string> = put.warning === undefined ? {} : { 'x-tenantry-warning': put.warning }
      return (put.isNew ? created : ok)(wireOf(put, put.warning), headers)
    },
  },
  {
    ...common,
    apiVersions: ['2024-04-01'],
    id: 'BillingProfiles_Delete',
    method: 'DELETE',
    path,
    statuses: [204],
    permission: 'A6 Create a profile',
    summary: 'Deletes a profile that pays for nothing and owes nothing; its invoices stay.',
    async handle(context, request) {
      await deleteProfile(context, accountOf(request), profileOf(request))
      return noContent()
    },
  },
  {
    ...common,
    apiVersions: ['2024-04-01'],
    id: 'BillingProfiles_ValidateDeleteEligibility',
    method: 'POST',
    path: `${path}/validateDeleteEligibility`,
    statuses: [200],
    permission: 'A6 Create a profile',
    summary: 'Whether the profile can be deleted, and everything that is in the way.',
    async handle(context, request) {
      return ok(toWireEligibility(await validateProfileDeletion(context, accountOf(request), profileOf(request))))
    },
  },
  {
    ...common,
    id: 'Policies_GetByBillingProfile',
    method: 'GET',
    path: `${path}/policies/default`,
    statuses: [200],
    permission: 'P5 View purchase policies',
    summary: 'What may be bought through the profile.',
    async handle(context, request) {
      const { profile, policies } = await getPurchasePolicies(context, accountOf(request), profileOf(request))
      return ok(toWirePolicy(profile, policies))
    },
  },
  {
    ...common,
    id: 'Policies_Update',
    method: 'PUT',
    path: `${path}/policies/default`,
    statuses: [200],
    permission: 'P6 Apply purchase policies',
    summary: 'Says what may be bought through the profile.',
    body: policyBody,
    async handle(context, request) {
      const { properties } = parseBody(request, policyBody)
      const wanted = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
      const set = await setPurchasePolicies(context, accountOf(request), profileOf(request), wanted)
      return ok(toWirePolicy(set.profile, set.policies))
    },
  },
]

const accountOf = (request: ApiRequest): string => pathParameter(request, 'billingAccountName')
const profileOf = (request: ApiRequest): string => pathParameter(request, 'billingProfileName')

function expandsSections(request: ApiRequest): boolean {
  const expand = queryValue(request, '$expand')?.trim().toLowerCase() ?? ''
  if (expand === '') return false
  if (expand === 'invoicesections') return true
  throw invalid('InvalidExpand', `'${expand}' cannot be expanded. Use invoiceSections.`, '$expand')
}

function wireOf({ access, profile, sections }: ProfileView, warning?: string) {
  const { name, agreementType } = access.account
  return toWireProfile({ account: name, agreementType, profile, sections, warning })
}

function toWirePolicy(profile: { readonly billingAccountName: string; readonly name: string }, policies: object) {
  return {
    id: `${billingProfileId(profile.billingAccountName, profile.name)}/policies/default`,
    name: 'default',
    type: 'Microsoft.Billing/billingAccounts/billingProfiles/policies',
    properties: policies,
  }
}
