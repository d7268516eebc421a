import { notFound } from '../../domain/refusal.ts'
import { type Operation, type OperationSpec, ok, pathParameter } from '../../http/operation.ts'
import { authorizeResource, listPermissions } from '../../operations/authorize.ts'
import type { OperationContext } from '../../operations/context.ts'
import { elevateAccess } from '../../operations/elevate-access.ts'
import { toWireProviderOperations } from './provider-operation.wire.ts'
import { roleApiVersions, scopeOf } from './scope.wire.ts'

const common = { authentication: 'bearer', statuses: [200] } as const

/** `served` is every operation of this server; it is asked for when somebody lists what roles can be made of. */
export const accessOperations = (served: () => readonly OperationSpec[]): readonly Operation<OperationContext>[] => [
  {
    ...common,
    id: 'Permissions_ListForScope',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/permissions',
    apiVersions: [...roleApiVersions, '2018-05-01-preview'],
    permission: 'any caller of the tenant; what nobody granted is an empty list',
    summary: 'What the caller’s roles give at a scope.',
    async handle(context, request) {
      return ok({ value: await listPermissions(context, scopeOf(request)) })
    },
  },
  {
    ...common,
    id: 'ClassicAdministrators_List',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/classicAdministrators',
    apiVersions: ['2015-06-01', '2015-07-01'],
    permission: 'Microsoft.Authorization/classicAdministrators/read',
    summary: 'Empty: there have never been classic administrators here.',
    async handle(context, request) {
      const scope = `/subscriptions/${pathParameter(request, 'subscriptionId')}`
      await authorizeResource(context, 'Microsoft.Authorization/classicAdministrators/read', scope)
      return ok({ value: [] })
    },
  },
  {
    ...common,
    id: 'DenyAssignments_ListForScope',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/denyAssignments',
    apiVersions: ['2018-07-01-preview', '2022-04-01'],
    permission: 'Microsoft.Authorization/denyAssignments/read',
    summary: 'Empty: nothing here creates deny assignments.',
    query: { $filter: 'optional' },
    async handle(context, request) {
      await authorizeResource(context, 'Microsoft.Authorization/denyAssignments/read', scopeOf(request))
      return ok({ value: [] })
    },
  },
  {
    ...common,
    id: 'DenyAssignments_Get',
    method: 'GET',
    path: '{scope}/providers/Microsoft.Authorization/denyAssignments/{denyAssignmentId}',
    apiVersions: ['2018-07-01-preview', '2022-04-01'],
    permission: 'Microsoft.Authorization/denyAssignments/read',
    summary: 'No deny assignment exists, so each is not found.',
    async handle(context, request) {
      await authorizeResource(context, 'Microsoft.Authorization/denyAssignments/read', scopeOf(request))
      const id = pathParameter(request, 'denyAssignmentId')
      throw notFound('DenyAssignmentNotFound', `The deny assignment '${id}' is not found.`)
    },
  },
  {
    ...common,
    id: 'GlobalAdministrator_ElevateAccess',
    method: 'POST',
    path: '/providers/Microsoft.Authorization/elevateAccess',
    apiVersions: ['2015-07-01', '2016-07-01', '2017-05-01'],
    permission: 'Global administrator of the tenant',
    summary: 'Gives a Global administrator User Access Administrator on every subscription of the tenant.',
    async handle(context) {
      await elevateAccess(context)
      return { status: 200 }
    },
  },
  {
    ...common,
    id: 'ProviderOperationsMetadata_List',
    method: 'GET',
    path: '/providers/Microsoft.Authorization/providerOperations',
    apiVersions: ['2015-07-01', '2018-01-01-preview', '2022-04-01'],
    permission: 'anybody who signed in',
    summary: 'The actions that roles can be made of.',
    query: { $expand: 'optional' },
    handle() {
      return Promise.resolve(ok({ value: toWireProviderOperations(served()) }))
    },
  },
  {
    ...common,
    id: 'ProviderOperationsMetadata_Get',
    method: 'GET',
    path: '/providers/Microsoft.Authorization/providerOperations/{resourceProviderNamespace}',
    apiVersions: ['2015-07-01', '2018-01-01-preview', '2022-04-01'],
    permission: 'anybody who signed in',
    summary: 'The actions of one namespace.',
    query: { $expand: 'optional' },
    handle(_context, request) {
      const name = pathParameter(request, 'resourceProviderNamespace')
      const found = toWireProviderOperations(served()).find(
        (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
      )
      if (!found)
        throw notFound(
          'ProviderNotFound',
          `The resource provider '${name}' is not one that this server has. List them all to see which are.`,
        )
      return Promise.resolve(ok(found))
    },
  },
]
