import { z } from 'zod'
import { objectNotFound, parseObjectId } from '../../domain/directory/object-id.ts'
import { guid } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  activateDirectoryRole,
  assignDirectoryRole,
  getDirectoryRole,
  listDirectoryRoleMembers,
  listDirectoryRoles,
  removeDirectoryRole,
} from '../../operations/assign-directory-role.ts'
import type { OperationContext } from '../../operations/context.ts'
import { parseGraphBody, readReference, referenceBody } from './body.ts'
import { toWireDirectoryObject } from './directory-object.wire.ts'
import { toWireRole, toWireTemplate } from './directory-role.wire.ts'
import { graph, onEntity, onList, pageOf, toCollection, toEntity } from './entity.ts'

/** `{id}` or `roleTemplateId={id}`, which are the same here; `directoryRoles(roleTemplateId='{id}')` is one segment. */
function roleId(request: ApiRequest): string {
  const text = request.params.role ?? keyedRoleId(pathParameter(request, 'keyed'))
  return parseObjectId(text.replace(/^roleTemplateId=/i, ''))
}

function keyedRoleId(segment: string): string {
  const id = /^directoryRoles\(roleTemplateId='([^']+)'\)$/i.exec(segment)?.[1]
  if (id === undefined) throw objectNotFound(segment)
  return id
}

const activationBody = z.object({ roleTemplateId: guid })

const members = (root: string, suffix: string): readonly Operation<OperationContext>[] => [
  {
    ...graph,
    ...onList,
    id: `Graph_ListDirectoryRoleMembers${suffix}`,
    method: 'GET',
    path: `${root}/members`,
    statuses: [200],
    permission: 'directoryRoles/read',
    summary: 'Who holds a directory role.',
    async handle(context, request) {
      const load = (page: { after: string | undefined; limit: number }) =>
        listDirectoryRoleMembers(context, roleId(request), page)
      return ok(await pageOf(request, 'directoryObjects', load, (object) => object.id, toWireDirectoryObject))
    },
  },
  {
    ...graph,
    id: `Graph_AddDirectoryRoleMember${suffix}`,
    method: 'POST',
    path: `${root}/members/$ref`,
    statuses: [204],
    permission: 'directoryRoles/assign',
    summary: 'Gives a directory role to a user or a service principal.',
    body: referenceBody,
    async handle(context, request) {
      await assignDirectoryRole(context, roleId(request), readReference(request))
      return noContent()
    },
  },
  {
    ...graph,
    id: `Graph_RemoveDirectoryRoleMember${suffix}`,
    method: 'DELETE',
    path: `${root}/members/{object}/$ref`,
    statuses: [204],
    permission: 'directoryRoles/assign',
    summary: 'Takes a directory role back; a tenant keeps its last Global Administrator.',
    async handle(context, request) {
      await removeDirectoryRole(context, roleId(request), parseObjectId(pathParameter(request, 'object')))
      return noContent()
    },
  },
]

export const directoryRoleOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onList,
    id: 'Graph_ListDirectoryRoles',
    method: 'GET',
    path: '/v1.0/directoryRoles',
    statuses: [200],
    permission: 'directoryRoles/read',
    summary: 'The directory roles, all of them active.',
    async handle(context, request) {
      return ok(toCollection(request, 'directoryRoles', (await listDirectoryRoles(context)).map(toWireRole)))
    },
  },
  {
    ...graph,
    id: 'Graph_ActivateDirectoryRole',
    method: 'POST',
    path: '/v1.0/directoryRoles',
    statuses: [201],
    permission: 'directoryRoles/assign',
    summary: 'Answers the role of a template; every role is active from the start.',
    body: activationBody,
    async handle(context, request) {
      const { roleTemplateId } = parseGraphBody(request, activationBody)
      return created(
        toEntity(request, 'directoryRoles', toWireRole(await activateDirectoryRole(context, roleTemplateId))),
      )
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetDirectoryRole',
    method: 'GET',
    path: '/v1.0/directoryRoles/{role}',
    statuses: [200],
    permission: 'directoryRoles/read',
    summary: 'A directory role by its id or template.',
    async handle(context, request) {
      return ok(toEntity(request, 'directoryRoles', toWireRole(await getDirectoryRole(context, roleId(request)))))
    },
  },
  {
    ...graph,
    ...onList,
    id: 'Graph_ListDirectoryRoleTemplates',
    method: 'GET',
    path: '/v1.0/directoryRoleTemplates',
    statuses: [200],
    permission: 'directoryRoles/read',
    summary: 'The templates of the directory roles.',
    async handle(context, request) {
      return ok(
        toCollection(request, 'directoryRoleTemplates', (await listDirectoryRoles(context)).map(toWireTemplate)),
      )
    },
  },
  ...members('/v1.0/directoryRoles/{role}', ''),
  ...members('/v1.0/{keyed}', 'ByTemplate'),
]
