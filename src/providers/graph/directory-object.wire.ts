import type { DirectoryObject } from '../../domain/directory/principal.ts'
import type { Entity } from './entity.ts'

const typeOf = {
  user: '#microsoft.graph.user',
  group: '#microsoft.graph.group',
  servicePrincipal: '#microsoft.graph.servicePrincipal',
} as const

export function toWireDirectoryObject(object: DirectoryObject): Entity {
  return {
    '@odata.type': typeOf[object.kind],
    id: object.id,
    displayName: object.displayName,
    ...(object.kind === 'user' && { userPrincipalName: object.userPrincipalName, mail: object.mail }),
    ...(object.kind === 'servicePrincipal' && { appId: object.appId }),
  }
}
