import { isGuid, objectNotFound, parseObjectId } from '../../domain/directory/object-id.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  assignAppRole,
  consentToApplication,
  getServicePrincipal,
  getServicePrincipalByAppId,
  listAppRolesOf,
  listServicePrincipalsOfTenant,
  objectIdOf,
  removeAppRole,
  removeServicePrincipal,
} from '../../operations/consent-to-application.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getApplicationByAppId } from '../../operations/register-application.ts'
import { toWireApplication } from './application.wire.ts'
import { parseGraphBody } from './body.ts'
import { graph, onEntity, onFilteredList, onList, pageOf, toCollection, toEntity } from './entity.ts'
import { readFilter, textOf } from './filter.ts'
import {
  newAppRoleAssignmentBody,
  newServicePrincipalBody,
  toWireAppRoleAssignment,
  toWireServicePrincipal,
} from './service-principal.wire.ts'

const filterable = {
  appId: { type: 'guid', uses: ['eq'] },
  displayName: { type: 'text', uses: ['eq', 'startswith'] },
} as const

const principalId = (request: ApiRequest): string => parseObjectId(pathParameter(request, 'servicePrincipal'))
const assignmentsPath = '/v1.0/servicePrincipals/{servicePrincipal}/appRoleAssignments'

export const servicePrincipalOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onFilteredList,
    id: 'Graph_ListServicePrincipals',
    method: 'GET',
    path: '/v1.0/servicePrincipals',
    statuses: [200],
    permission: 'servicePrincipals/read',
    summary: 'The applications that are in the tenant, its own and those it consented to.',
    async handle(context, request) {
      const conditions = readFilter(request, filterable)
      const filter = {
        appId: textOf(conditions, 'appId'),
        displayName: textOf(conditions, 'displayName'),
        displayNamePrefix: textOf(conditions, 'displayName', 'startswith'),
      }
      const load = (page: { after: string | undefined; limit: number }) =>
        listServicePrincipalsOfTenant(context, filter, page)
      return ok(await pageOf(request, 'servicePrincipals', load, objectIdOf, toWireServicePrincipal))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateServicePrincipal',
    method: 'POST',
    path: '/v1.0/servicePrincipals',
    statuses: [201],
    permission: 'servicePrincipals/create, or owner of the application',
    summary: 'Takes an application into the tenant: its own, or by consent that of another tenant.',
    body: newServicePrincipalBody,
    async handle(context, request) {
      const { appId } = parseGraphBody(request, newServicePrincipalBody)
      const servicePrincipal = await consentToApplication(context, appId)
      return created(
        toEntity(request, 'servicePrincipals', toWireServicePrincipal({ kind: 'application', servicePrincipal })),
        { location: `${request.baseUrl}/v1.0/servicePrincipals/${servicePrincipal.id}` },
      )
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetServicePrincipal',
    method: 'GET',
    path: '/v1.0/servicePrincipals/{servicePrincipal}',
    statuses: [200],
    permission: 'servicePrincipals/read',
    summary: 'A service principal by object id.',
    async handle(context, request) {
      const found = await getServicePrincipal(context, principalId(request))
      return ok(toEntity(request, 'servicePrincipals', toWireServicePrincipal(found)))
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteServicePrincipal',
    method: 'DELETE',
    path: '/v1.0/servicePrincipals/{servicePrincipal}',
    statuses: [204],
    permission: 'servicePrincipals/delete',
    summary: 'Takes an application out of the tenant; taken in again, it is a new principal without roles.',
    async handle(context, request) {
      await removeServicePrincipal(context, principalId(request))
      return noContent()
    },
  },
  {
    ...graph,
    ...onList,
    id: 'Graph_ListAppRoleAssignments',
    method: 'GET',
    path: assignmentsPath,
    statuses: [200],
    permission: 'servicePrincipals/read, or oneself',
    summary: 'The app roles that a service principal holds.',
    async handle(context, request) {
      const assignments = await listAppRolesOf(context, principalId(request))
      return ok(toCollection(request, 'appRoleAssignments', assignments.map(toWireAppRoleAssignment)))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateAppRoleAssignment',
    method: 'POST',
    path: assignmentsPath,
    statuses: [201],
    permission: 'appRoleAssignments/update',
    summary: 'Gives an app role, such as reporting the sign-ins of the tenant, to a service principal.',
    body: newAppRoleAssignmentBody,
    async handle(context, request) {
      const body = parseGraphBody(request, newAppRoleAssignmentBody)
      const id = principalId(request)
      if (body.principalId !== id)
        throw invalid(
          'Request_BadRequest',
          `The principalId '${body.principalId}' is not the service principal '${id}' of the address. Give them alike.`,
          'principalId',
        )
      const assignment = await assignAppRole(context, id, body)
      return created(toEntity(request, 'appRoleAssignments', toWireAppRoleAssignment(assignment)))
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteAppRoleAssignment',
    method: 'DELETE',
    path: `${assignmentsPath}/{assignment}`,
    statuses: [204],
    permission: 'appRoleAssignments/update',
    summary: 'Takes an app role back.',
    async handle(context, request) {
      await removeAppRole(context, principalId(request), parseObjectId(pathParameter(request, 'assignment')))
      return noContent()
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetByAppId',
    method: 'GET',
    path: '/v1.0/{keyed}',
    statuses: [200],
    permission: 'servicePrincipals/read or applications/read',
    summary: "servicePrincipals(appId='…') or applications(appId='…').",
    async handle(context, request) {
      const keyed = pathParameter(request, 'keyed')
      const [, set = '', appId = ''] = /^(servicePrincipals|applications)\(appId='([^']+)'\)$/i.exec(keyed) ?? []
      if (!isGuid(appId)) throw objectNotFound(keyed)
      if (set.toLowerCase() === 'applications') {
        const application = await getApplicationByAppId(context, appId.toLowerCase())
        return ok(toEntity(request, 'applications', toWireApplication(application)))
      }
      const found = await getServicePrincipalByAppId(context, appId.toLowerCase())
      return ok(toEntity(request, 'servicePrincipals', toWireServicePrincipal(found)))
    },
  },
]
