import { parseBody } from '../../http/body.ts'
import { etagOf, requireMatch } from '../../http/etag.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { ResourceId } from '../../domain/resource/resource-id.ts'
import { checkTenantNameAvailability } from '../../operations/check-identity-link-name.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteIdentityLink } from '../../operations/delete-identity-link.ts'
import { linkId } from '../../operations/identity-link-target.ts'
import { listLinkableTenants } from '../../operations/list-identity-link-candidates.ts'
import { patchIdentityLink, putIdentityLink } from '../../operations/put-identity-link.ts'
import { getIdentityLink, listIdentityLinksBelow } from '../../operations/read-identity-link.ts'
import {
  b2cDirectoryBody,
  b2cDirectoryPatch,
  fromWireB2cDirectory,
  fromWireB2cDirectoryPatch,
  nameAvailabilityBody,
  toWireB2cDirectory,
} from './b2c-directory.wire.ts'
import { subscriptionIdOf } from '../../http/subscription-id.ts'
import { unlinked } from './unlink.wire.ts'

const ofSubscription = '/subscriptions/{subscriptionId}'
const ofGroup = `${ofSubscription}/resourceGroups/{resourceGroupName}`
const type = 'providers/Microsoft.AzureActiveDirectory/b2cDirectories'
const action = (verb: string) => `Microsoft.AzureActiveDirectory/b2cDirectories/${verb}`
/** Previews of the same shape are served for reading what older clients have written. */
const versions = ['2021-04-01', '2019-01-01-preview', '2023-01-18-preview']
const common = { apiVersions: versions, authentication: 'bearer' } as const

export const b2cDirectoryOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'B2CTenants_Create',
    method: 'PUT',
    path: `${ofGroup}/${type}/{resourceName}`,
    apiVersions: ['2021-04-01'],
    statuses: [200, 201],
    permission: action('write'),
    summary:
      'Creates an identity tenant that is linked from the start, or, without createTenantProperties, links an existing one.',
    body: b2cDirectoryBody,
    async handle(context, request) {
      const wanted = fromWireB2cDirectory(parseBody(request, b2cDirectoryBody))
      const result = await putIdentityLink(context, idOf(request), wanted, (existing) =>
        requireMatch(request, existing?.resource.revision),
      )
      return (result.isNew ? created : ok)(toWireB2cDirectory(result), { etag: etagOf(result.resource.revision) })
    },
  },
  {
    ...common,
    id: 'B2CTenants_Get',
    method: 'GET',
    path: `${ofGroup}/${type}/{resourceName}`,
    statuses: [200],
    permission: action('read'),
    summary: 'A link with its tenant, its billing model and since when that holds.',
    async handle(context, request) {
      const linked = await getIdentityLink(context, 'identityTenant', idOf(request))
      return ok(toWireB2cDirectory(linked), { etag: etagOf(linked.resource.revision) })
    },
  },
  {
    ...common,
    id: 'B2CTenants_Update',
    method: 'PATCH',
    path: `${ofGroup}/${type}/{resourceName}`,
    apiVersions: ['2021-04-01'],
    statuses: [200],
    permission: `${action('write')}; with billingConfig also ${action('changeBillingModel/action')}`,
    summary: 'Changes sku and tags, or confirms the change to monthly active users, which cannot be undone.',
    body: b2cDirectoryPatch,
    async handle(context, request) {
      const changes = fromWireB2cDirectoryPatch(parseBody(request, b2cDirectoryPatch))
      const linked = await patchIdentityLink(context, idOf(request), changes, (existing) =>
        requireMatch(request, existing.resource.revision),
      )
      return ok(toWireB2cDirectory(linked), { etag: etagOf(linked.resource.revision) })
    },
  },
  {
    ...common,
    id: 'B2CTenants_Delete',
    method: 'DELETE',
    path: `${ofGroup}/${type}/{resourceName}`,
    apiVersions: ['2021-04-01'],
    statuses: [200, 204],
    permission: action('delete'),
    summary: 'Removes the billing link only; the identity tenant stays as it is.',
    async handle(context, request) {
      const notices = await deleteIdentityLink(context, 'identityTenant', idOf(request), (existing) =>
        requireMatch(request, existing.resource.revision),
      )
      return notices ? unlinked(notices) : noContent()
    },
  },
  {
    ...common,
    id: 'B2CTenants_ListBySubscription',
    method: 'GET',
    path: `${ofSubscription}/${type}`,
    statuses: [200],
    permission: action('read'),
    summary: 'Every link of the subscription, in one page.',
    async handle(context, request) {
      const scope = { subscriptionId: subscriptionIdOf(request) }
      return ok({ value: (await listIdentityLinksBelow(context, 'identityTenant', scope)).map(toWireB2cDirectory) })
    },
  },
  {
    ...common,
    id: 'B2CTenants_ListByResourceGroup',
    method: 'GET',
    path: `${ofGroup}/${type}`,
    statuses: [200],
    permission: action('read'),
    summary: 'Every link of the resource group, in one page.',
    async handle(context, request) {
      const scope = {
        subscriptionId: subscriptionIdOf(request),
        resourceGroupName: pathParameter(request, 'resourceGroupName'),
      }
      return ok({ value: (await listIdentityLinksBelow(context, 'identityTenant', scope)).map(toWireB2cDirectory) })
    },
  },
  {
    ...common,
    id: 'B2CTenants_CheckNameAvailability',
    method: 'POST',
    path: `${ofSubscription}/providers/Microsoft.AzureActiveDirectory/checkNameAvailability`,
    statuses: [200],
    permission: 'Microsoft.AzureActiveDirectory/checkNameAvailability/action',
    summary: 'Whether an identity tenant with this initial domain can be created.',
    body: nameAvailabilityBody,
    async handle(context, request) {
      const { name } = parseBody(request, nameAvailabilityBody)
      return ok(await checkTenantNameAvailability(context, subscriptionIdOf(request), name))
    },
  },
  {
    ...common,
    id: 'B2CTenants_ListLinkable',
    method: 'GET',
    path: '/providers/Microsoft.AzureActiveDirectory/b2ctenants',
    statuses: [200],
    permission: 'any caller, about the own tenants',
    summary: 'The identity tenants that the caller could link now, and no others.',
    async handle(context) {
      const tenants = await listLinkableTenants(context)
      return ok({
        value: tenants.map((tenant) => ({
          id: `/providers/Microsoft.AzureActiveDirectory/b2ctenants/${tenant.initialDomain}`,
          name: tenant.initialDomain,
          type: 'Microsoft.AzureActiveDirectory/b2ctenants',
          location: tenant.dataResidency,
          properties: {
            tenantId: tenant.id,
            displayName: tenant.displayName,
            domainName: tenant.initialDomain,
            countryCode: tenant.countryCode,
          },
        })),
      })
    },
  },
]

const idOf = (request: ApiRequest): ResourceId =>
  linkId('identityTenant', {
    subscriptionId: subscriptionIdOf(request),
    resourceGroupName: pathParameter(request, 'resourceGroupName'),
    name: pathParameter(request, 'resourceName'),
  })
