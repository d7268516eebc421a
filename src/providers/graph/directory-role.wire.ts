import type { DirectoryRole } from '../../domain/access/directory-roles.ts'
import type { Entity } from './entity.ts'

/** A role has its template's id in every tenant. */
export const toWireRole = (role: DirectoryRole): Entity => ({
  id: role.templateId,
  roleTemplateId: role.templateId,
  displayName: role.name,
  description: role.description,
})

export const toWireTemplate = (role: DirectoryRole): Entity => ({
  id: role.templateId,
  displayName: role.name,
  description: role.description,
})
