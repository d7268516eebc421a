import type { Client, TestCloud } from '../../support/cloud.ts'

export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
export const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
export const helpdeskAdministrator = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
export const billingAdministrator = 'b0f54661-2d74-4c50-afa3-1ec803f12efe'
export const guestInviter = '95e79109-95c0-4d8e-aee3-d01accf2d47b'
export const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b'

export interface NewTenant {
  readonly id: string
  readonly domain: string
  readonly administratorId: string
  /** A person who is Global administrator. */
  readonly administrator: Client
  newUser(name: string, properties?: Record<string, unknown>): Promise<{ readonly id: string; readonly client: Client }>
  give(roleTemplateId: string, principalId: string): Promise<void>
}

export const password = 'correct horse battery'

let count = 0

/** A tenant of its own for one test file or test, with a person as Global administrator. */
export async function newTenant(cloud: TestCloud, label: string, kind = 'workforce'): Promise<NewTenant> {
  count += 1
  const id = `22222222-aaaa-4aaa-8aaa-${String(count).padStart(12, '0')}`
  const domain = `${label}.onmicrosoft.com`
  const reply = await cloud.operator.put(`/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`, {
    properties: {
      displayName: label,
      initialDomainLabel: label,
      countryCode: 'SE',
      kind,
      administrator: { displayName: `Administrator of ${label}` },
    },
  })
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body))
  const administratorId: string = reply.body.properties.administrator.objectId
  const administrator = cloud.as(await cloud.userToken(id, administratorId))
  return {
    id,
    domain,
    administratorId,
    administrator,
    async newUser(name, properties = {}) {
      const user = await administrator.post('/v1.0/users', {
        accountEnabled: true,
        displayName: name,
        mailNickname: name,
        userPrincipalName: `${name}@${domain}`,
        passwordProfile: { password },
        ...properties,
      })
      if (user.status !== 201) throw new Error(JSON.stringify(user.body))
      return { id: user.body.id, client: cloud.as(await cloud.userToken(id, user.body.id)) }
    },
    async give(roleTemplateId, principalId) {
      const given = await administrator.post(
        `/v1.0/directoryRoles/${roleTemplateId}/members/$ref`,
        reference(principalId),
      )
      if (given.status !== 204) throw new Error(JSON.stringify(given.body))
    },
  }
}

export const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
