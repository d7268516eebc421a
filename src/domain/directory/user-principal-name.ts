import { invalid } from '../refusal.ts'
import type { TenantDomain } from './tenant.ts'

const localPart = /^[A-Za-z0-9'._!#^~-]{1,64}$/

/** A sign-in name is in one of the tenant's verified domains, so that no tenant can name people of another's (TEN-4). */
export function checkUserPrincipalName(name: string, domains: readonly TenantDomain[]): string {
  const at = name.lastIndexOf('@')
  const domain = name.slice(at + 1).toLowerCase()
  if (at < 1 || !localPart.test(name.slice(0, at)))
    throw invalid(
      'Request_BadRequest',
      `Property userPrincipalName is invalid: '${name}'. Write it as 'name@domain'.`,
      'userPrincipalName',
    )
  const verified = domains.filter((candidate) => candidate.verifiedAt !== null)
  if (!verified.some((candidate) => candidate.name === domain))
    throw invalid(
      'Request_BadRequest',
      `The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization: ${verified.map((candidate) => candidate.name).join(', ')}.`,
      'userPrincipalName',
    )
  return name
}

/** What an external account is called here: who they are elsewhere, under this tenant's own name. */
export const externalPrincipalName = (name: string, initialDomain: string): string =>
  `${name.replaceAll('@', '_')}#EXT#@${initialDomain}`

/** A deleted user gives the name free and keeps it behind the object id, to have it again when restored (TEN-22). */
export const deletedPrincipalName = (id: string, name: string): string => `${id.replaceAll('-', '')}${name}`

export const originalPrincipalName = (id: string, deletedName: string): string =>
  deletedName.startsWith(id.replaceAll('-', '')) ? deletedName.slice(id.replaceAll('-', '').length) : deletedName
