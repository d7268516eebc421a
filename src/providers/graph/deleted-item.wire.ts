import { z } from 'zod'
import type { DeletedItem } from '../../domain/directory/deleted-item.ts'
import type { Entity } from './entity.ts'

export const restoreBody = z
  .object({ newUserPrincipalName: z.string().max(1024).optional(), autoReconcileProxyConflict: z.boolean().optional() })
  .nullish()

export const toWireDeletedItem = (item: DeletedItem): Entity => ({
  '@odata.type': `#microsoft.graph.${item.kind}`,
  id: item.id,
  deletedDateTime: item.deletedAt.toISOString(),
  createdDateTime: item.createdAt.toISOString(),
  displayName: item.displayName,
  ...(item.kind === 'user' && { userPrincipalName: item.userPrincipalName, mail: item.mail }),
  ...((item.kind === 'application' || item.kind === 'servicePrincipal') && { appId: item.appId }),
})
