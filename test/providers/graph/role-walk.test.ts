import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  billingAdministrator,
  directoryReaders,
  globalAdministrator,
  guestInviter,
  helpdeskAdministrator,
  type NewTenant,
  newTenant,
  reference,
  userAdministrator,
} from './new-tenant.ts'

const unknown = '99999999-aaaa-4aaa-8aaa-000000000000'
const restrictedGuest = '2af84b1e-32c8-42b7-82bc-daa82404023b'
const reportsReader = '4a5d8f65-41da-4de4-8968-e035b65339cf'

/** The roles by a letter each; every other one besides a Global administrator is named where it may. */
const roles = {
  G: globalAdministrator,
  U: userAdministrator,
  I: guestInviter,
  H: helpdeskAdministrator,
  B: billingAdministrator,
  R: directoryReaders,
  A: reportsReader,
} as const
type Letter = keyof typeof roles

/** What nothing in the tenant fits, so that whoever may is refused for that and nothing is changed by the walk. */
const nobody = { displayName: 'x', mailNickname: 'x' }
const probes: readonly [permission: string, holders: string, method: string, path: string, body?: unknown][] = [
  ['users/read', 'GUIHBR', 'GET', `/v1.0/users/${unknown}`],
  [
    'users/create',
    'GU',
    'POST',
    '/v1.0/users',
    {
      ...nobody,
      accountEnabled: true,
      userPrincipalName: 'x@elsewhere.example',
      passwordProfile: { password: 'correct horse battery' },
    },
  ],
  ['users/update', 'GU', 'PATCH', `/v1.0/users/${unknown}`, { displayName: 'x' }],
  ['users/delete', 'GU', 'DELETE', `/v1.0/users/${unknown}`],
  [
    'users/resetPassword',
    'GUH',
    'PATCH',
    `/v1.0/users/${unknown}`,
    { passwordProfile: { password: 'correct horse battery' } },
  ],
  ['groups/read', 'GUHBR', 'GET', `/v1.0/groups/${unknown}`],
  [
    'groups/create',
    'GU',
    'POST',
    '/v1.0/groups',
    {
      ...nobody,
      mailEnabled: false,
      securityEnabled: true,
      'members@odata.bind': [reference(unknown)['@odata.id']],
    },
  ],
  ['groups/update', 'GU', 'PATCH', `/v1.0/groups/${unknown}`, { displayName: 'x' }],
  ['groups/update', 'GU', 'POST', `/v1.0/groups/${unknown}/owners/$ref`, reference(unknown)],
  ['groups/delete', 'GU', 'DELETE', `/v1.0/groups/${unknown}`],
  ['groups/updateMembers', 'GU', 'POST', `/v1.0/groups/${unknown}/members/$ref`, reference(unknown)],
  ['groups/updateMembers', 'GU', 'DELETE', `/v1.0/groups/${unknown}/members/${unknown}/$ref`],
  ['applications/read', 'GUHBR', 'GET', `/v1.0/applications/${unknown}`],
  ['applications/update', 'G', 'PATCH', `/v1.0/applications/${unknown}`, { displayName: 'x' }],
  ['applications/update', 'G', 'POST', `/v1.0/applications/${unknown}/addPassword`, {}],
  ['applications/delete', 'G', 'DELETE', `/v1.0/applications/${unknown}`],
  ['servicePrincipals/read', 'GUHBR', 'GET', `/v1.0/servicePrincipals/${unknown}`],
  ['servicePrincipals/create', 'G', 'POST', '/v1.0/servicePrincipals', { appId: unknown }],
  ['servicePrincipals/delete', 'G', 'DELETE', `/v1.0/servicePrincipals/${unknown}`],
  [
    'appRoleAssignments/update',
    'G',
    'POST',
    `/v1.0/servicePrincipals/${unknown}/appRoleAssignments`,
    { principalId: unknown, resourceId: unknown, appRoleId: unknown },
  ],
  ['directoryRoles/read', 'GUHBR', 'GET', `/v1.0/directoryRoles/${unknown}`],
  ['directoryRoles/assign', 'G', 'POST', `/v1.0/directoryRoles/${unknown}/members/$ref`, reference(unknown)],
  ['directoryRoles/assign', 'G', 'DELETE', `/v1.0/directoryRoles/${unknown}/members/${unknown}/$ref`],
  ['domains/read', 'GUHBR', 'GET', '/v1.0/domains/elsewhere.example'],
  ['domains/update', 'G', 'POST', '/v1.0/domains', { id: 'not a name' }],
  ['domains/update', 'G', 'POST', '/v1.0/domains/elsewhere.example/verify'],
  ['domains/update', 'G', 'DELETE', '/v1.0/domains/elsewhere.example'],
  ['organization/update', 'G', 'PATCH', `/v1.0/organization/${unknown}`, { displayName: 'x' }],
  ['policies/update', 'G', 'PATCH', '/v1.0/policies/authorizationPolicy', { guestUserRoleId: restrictedGuest }],
  ['deletedItems/read', 'GU', 'GET', `/v1.0/directory/deletedItems/${unknown}`],
  ['deletedItems/restore', 'GU', 'POST', `/v1.0/directory/deletedItems/${unknown}/restore`],
  ['deletedItems/delete', 'G', 'DELETE', `/v1.0/directory/deletedItems/${unknown}`],
]

let cloud: TestCloud
let contoso: NewTenant
const holders = new Map<Letter, Client>()
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  // Guests who are restricted have nothing by default, so that all they may comes from the role.
  const set = await contoso.administrator.patch('/v1.0/policies/authorizationPolicy', {
    guestUserRoleId: restrictedGuest,
    defaultUserRolePermissions: { allowedToCreateSecurityGroups: false },
  })
  if (set.status !== 204) throw new Error(JSON.stringify(set.body))
  for (const letter of Object.keys(roles) as Letter[]) {
    const holder = await contoso.newUser(`holder-${letter.toLowerCase()}`, { userType: 'Guest' })
    await contoso.give(roles[letter], holder.id)
    holders.set(letter, holder.client)
  }
}, 60_000)
afterAll(() => cloud.stop())

describe('what each role may do', () => {
  test('ACC-6: there is no other role, and each is walked', async () => {
    const shown = await contoso.administrator.get('/v1.0/directoryRoles')
    const ids = shown.body.value.map(({ roleTemplateId }: { roleTemplateId: string }) => roleTemplateId)
    expect(ids.sort()).toEqual(Object.values(roles).sort())
  })

  test.each(probes)('ACC-6: %s is for %s alone: %s %s', async (_permission, expected, method, path, body) => {
    let allowed = ''
    for (const [letter, client] of holders) {
      const reply = await client.send(method, path, body)
      expect([204, 400, 403, 404], JSON.stringify(reply.body)).toContain(reply.status)
      if (reply.status === 403) expect(reply.body.error.code).toBe('Authorization_RequestDenied')
      else allowed += letter
    }
    expect(allowed).toBe(expected)
  })

  test('ACC-6: the whole of the organization is read with the roles that read the directory', async () => {
    let whole = ''
    for (const [letter, client] of holders) {
      const reply = await client.get('/v1.0/organization')
      expect(reply.status).toBe(200)
      if (reply.body.value[0].tenantType !== null) whole += letter
    }
    expect(whole).toBe('GUHBR')
  })

  test('ACC-6: a member without a role changes nothing, and a guest without one reads nothing either', async () => {
    const member = await contoso.newUser('member')
    const guest = await contoso.newUser('guest', { userType: 'Guest' })
    for (const [permission, , method, path, body] of probes) {
      const isReadable = permission.endsWith('/read') && permission !== 'deletedItems/read'
      const label = `${method} ${path}`
      expect((await member.client.send(method, path, body)).status, label).toBe(isReadable ? 404 : 403)
      expect((await guest.client.send(method, path, body)).status, label).toBe(403)
    }
  })
})

describe('elevated access', () => {
  const elevate = (client: Client) =>
    client.post('/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01')
  const roots = '/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=atScope()'

  test('ACC-7: only a Global administrator elevates', async () => {
    const others = [...holders].filter(([letter]) => letter !== 'G')
    const replies = await Promise.all(others.map(([, client]) => elevate(client)))
    expect(replies.map((reply) => reply.status)).toEqual(others.map(() => 403))
  })

  test('ACC-7: the elevated are listed at the root, each gives access only, and deleting the assignment ends it', async () => {
    const administrator = holders.get('G')
    if (!administrator) throw new Error('nobody holds the role')
    expect((await administrator.get(roots)).status).toBe(403)
    for (const client of [administrator, contoso.administrator]) {
      const elevated = await elevate(client)
      expect([elevated.status, elevated.body]).toEqual([200, undefined])
      expect((await elevate(client)).status).toBe(200)
    }
    const listed = await administrator.get(roots)
    expect(listed.body.value).toHaveLength(2)
    for (const { properties } of listed.body.value)
      expect(properties).toMatchObject({
        scope: '/',
        roleDefinitionId: expect.stringContaining('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'),
        principalType: 'User',
      })
    const own = listed.body.value.find(
      ({ properties }: { properties: { principalId: string } }) => properties.principalId !== contoso.administratorId,
    )
    expect((await administrator.delete(`${own.id}?api-version=2022-04-01`)).status).toBe(200)
    expect((await administrator.get(roots)).status).toBe(403)
    expect((await contoso.administrator.get(roots)).body.value).toHaveLength(1)
    // Its own directory role is left as it was.
    expect((await administrator.get('/v1.0/users')).status).toBe(200)

    const records = await cloud.running.db
      .selectFrom('audit_record')
      .select(['action', 'principal_id'])
      .where('tenant_id', '=', contoso.id)
      .where('scope', '=', '/')
      .orderBy('sequence')
      .execute()
    expect(records.map(({ action }) => action)).toEqual([
      'Microsoft.Authorization/elevateAccess/action',
      'Microsoft.Authorization/elevateAccess/action',
      'Microsoft.Authorization/elevateAccess/action',
      'Microsoft.Authorization/elevateAccess/action',
      'Microsoft.Authorization/roleAssignments/delete',
    ])
  })
})
