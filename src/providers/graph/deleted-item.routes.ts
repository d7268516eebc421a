import { type DeletedItemKind, deletedItemKinds } from '../../domain/directory/deleted-item.ts'
import { parseObjectId } from '../../domain/directory/object-id.ts'
import { type ApiRequest, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  deleteItemForGood,
  getDeletedItem,
  listDeletedItemsOfTenant,
  restoreDeletedItem,
} from '../../operations/deleted-item.ts'
import { parseGraphBody } from './body.ts'
import { restoreBody, toWireDeletedItem } from './deleted-item.wire.ts'
import { graph, onEntity, onList, pageOf, toEntity } from './entity.ts'

const root = '/v1.0/directory/deletedItems'
const itemId = (request: ApiRequest): string => parseObjectId(pathParameter(request, 'object'))

const listOf = (kind: DeletedItemKind): Operation<OperationContext> => ({
  ...graph,
  ...onList,
  id: `Graph_ListDeleted${kind[0]?.toUpperCase()}${kind.slice(1)}s`,
  method: 'GET',
  path: `${root}/microsoft.graph.${kind}`,
  statuses: [200],
  permission: 'deletedItems/read',
  summary: `What was deleted in the last thirty days and can be restored, of type ${kind}.`,
  async handle(context, request) {
    const load = (page: { after: string | undefined; limit: number }) => listDeletedItemsOfTenant(context, kind, page)
    return ok(await pageOf(request, 'directoryObjects', load, (item) => item.id, toWireDeletedItem))
  },
})

export const deletedItemOperations: readonly Operation<OperationContext>[] = [
  ...deletedItemKinds.map(listOf),
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetDeletedItem',
    method: 'GET',
    path: `${root}/{object}`,
    statuses: [200],
    permission: 'deletedItems/read',
    summary: 'Something that was deleted in the last thirty days.',
    async handle(context, request) {
      return ok(
        toEntity(request, 'directoryObjects', toWireDeletedItem(await getDeletedItem(context, itemId(request)))),
      )
    },
  },
  {
    ...graph,
    id: 'Graph_RestoreDeletedItem',
    method: 'POST',
    path: `${root}/{object}/restore`,
    statuses: [200],
    permission: 'deletedItems/restore, and what creating one takes',
    summary: 'Restores what was deleted, with its object id and everything it had.',
    body: restoreBody,
    async handle(context, request) {
      const isEmpty = request.body === undefined || request.body === null
      const wanted = isEmpty ? undefined : parseGraphBody(request, restoreBody)?.newUserPrincipalName
      const item = await restoreDeletedItem(context, itemId(request), { userPrincipalName: wanted })
      return ok(toEntity(request, 'directoryObjects', { ...toWireDeletedItem(item), deletedDateTime: null }))
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteItemPermanently',
    method: 'DELETE',
    path: `${root}/{object}`,
    statuses: [204],
    permission: 'deletedItems/delete',
    summary: 'Makes a deletion final at once.',
    async handle(context, request) {
      await deleteItemForGood(context, itemId(request))
      return noContent()
    },
  },
]
