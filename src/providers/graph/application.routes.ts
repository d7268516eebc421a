import { parseObjectId } from '../../domain/directory/object-id.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  addPassword,
  changeApplication,
  deleteApplication,
  getApplication,
  listApplicationsOfTenant,
  registerApplication,
  removePassword,
} from '../../operations/register-application.ts'
import {
  addPasswordBody,
  applicationChangesBody,
  fromWireRedirectUris,
  newApplicationBody,
  removePasswordBody,
  toWireApplication,
  toWirePassword,
} from './application.wire.ts'
import { parseGraphBody } from './body.ts'
import { graph, onEntity, onFilteredList, pageOf, toEntity } from './entity.ts'
import { readFilter, textOf } from './filter.ts'

const filterable = {
  appId: { type: 'guid', uses: ['eq'] },
  displayName: { type: 'text', uses: ['eq', 'startswith'] },
} as const

const applicationId = (request: ApiRequest): string => parseObjectId(pathParameter(request, 'application'))
const instantOf = (text: string | null | undefined): Date | undefined => (text ? new Date(text) : undefined)

export const applicationOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onFilteredList,
    id: 'Graph_ListApplications',
    method: 'GET',
    path: '/v1.0/applications',
    statuses: [200],
    permission: 'applications/read',
    summary: 'The applications that the tenant registered.',
    async handle(context, request) {
      const conditions = readFilter(request, filterable)
      const filter = {
        appId: textOf(conditions, 'appId'),
        displayName: textOf(conditions, 'displayName'),
        displayNamePrefix: textOf(conditions, 'displayName', 'startswith'),
      }
      const load = (page: { after: string | undefined; limit: number }) =>
        listApplicationsOfTenant(context, filter, page)
      return ok(await pageOf(request, 'applications', load, (application) => application.id, toWireApplication))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateApplication',
    method: 'POST',
    path: '/v1.0/applications',
    statuses: [201],
    permission: 'applications/create, or member of the tenant',
    summary: 'Registers an application; the member who does it owns it.',
    body: newApplicationBody,
    async handle(context, request) {
      const body = parseGraphBody(request, newApplicationBody)
      const application = await registerApplication(context, {
        displayName: body.displayName,
        signInAudience: body.signInAudience ?? 'AzureADMultipleOrgs',
        redirectUris: fromWireRedirectUris(body),
        isFallbackPublicClient: body.isFallbackPublicClient ?? false,
      })
      return created(toEntity(request, 'applications', toWireApplication(application)), {
        location: `${request.baseUrl}/v1.0/applications/${application.id}`,
      })
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetApplication',
    method: 'GET',
    path: '/v1.0/applications/{application}',
    statuses: [200],
    permission: 'applications/read',
    summary: 'An application by object id.',
    async handle(context, request) {
      return ok(
        toEntity(request, 'applications', toWireApplication(await getApplication(context, applicationId(request)))),
      )
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateApplication',
    method: 'PATCH',
    path: '/v1.0/applications/{application}',
    statuses: [204],
    permission: 'applications/update, or owner of the application',
    summary: 'Changes what is named of an application.',
    body: applicationChangesBody,
    async handle(context, request) {
      const body = parseGraphBody(request, applicationChangesBody)
      await changeApplication(context, applicationId(request), {
        displayName: body.displayName,
        signInAudience: body.signInAudience,
        redirectUris: fromWireRedirectUris(body),
        isFallbackPublicClient: body.isFallbackPublicClient ?? undefined,
      })
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteApplication',
    method: 'DELETE',
    path: '/v1.0/applications/{application}',
    statuses: [204],
    permission: 'applications/delete, or owner of the application',
    summary: 'Deletes an application; it can sign in nowhere from now on.',
    async handle(context, request) {
      await deleteApplication(context, applicationId(request))
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_AddApplicationPassword',
    method: 'POST',
    path: '/v1.0/applications/{application}/addPassword',
    statuses: [200],
    permission: 'applications/update, or owner of the application',
    summary: 'Adds a client secret, which this answer alone shows.',
    body: addPasswordBody,
    async handle(context, request) {
      const isEmpty = request.body === undefined || request.body === null
      const wanted = isEmpty ? undefined : parseGraphBody(request, addPasswordBody)?.passwordCredential
      const password = await addPassword(context, applicationId(request), {
        displayName: wanted?.displayName ?? undefined,
        startAt: instantOf(wanted?.startDateTime),
        endAt: instantOf(wanted?.endDateTime),
      })
      const body = {
        '@odata.context': `${request.baseUrl}/v1.0/$metadata#microsoft.graph.passwordCredential`,
        ...toWirePassword(password),
      }
      return { ...ok(body), isShownOnce: true }
    },
  },
  {
    ...graph,
    id: 'Graph_RemoveApplicationPassword',
    method: 'POST',
    path: '/v1.0/applications/{application}/removePassword',
    statuses: [204],
    permission: 'applications/update, or owner of the application',
    summary: 'Removes a client secret; it signs nobody in from now on.',
    body: removePasswordBody,
    async handle(context, request) {
      const { keyId } = parseGraphBody(request, removePasswordBody)
      await removePassword(context, applicationId(request), keyId)
      return noContent()
    },
  },
]
