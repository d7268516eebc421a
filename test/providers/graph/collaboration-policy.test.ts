import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accept, guestWorld } from './guest-world.ts'
import { directoryReaders, newTenant, reference } from './new-tenant.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud?.stop())

const policyPath = '/v1.0/policies/authorizationPolicy'
const listsPath = '/beta/policies/b2bManagementPolicies'
const restricted = '2af84b1e-32c8-42b7-82bc-daa82404023b'
const asMembers = 'a0b1b346-4d3e-4e8b-98f8-753987be4970'

const definition = (lists: Record<string, string[]>) => [
  JSON.stringify({ B2BManagementPolicy: { InvitationsAllowedAndBlockedDomainsPolicy: lists } }),
]

describe('the settings', () => {
  test('TEN-15, TEN-18, TEN-25: the defaults are those of Azure', async () => {
    const { administrator } = await newTenant(cloud, 'defaults')
    expect(await administrator.get(policyPath)).toMatchObject({
      status: 200,
      body: {
        id: 'authorizationPolicy',
        allowInvitesFrom: 'everyone',
        guestUserRoleId: '10dae51f-b6af-4016-8d66-8c2a99b929b3',
        defaultUserRolePermissions: {
          allowedToCreateApps: true,
          allowedToCreateSecurityGroups: true,
          allowedToCreateTenants: true,
          allowedToReadOtherUsers: true,
        },
      },
    })
    expect((await administrator.get(listsPath)).body.value).toEqual([])
  })

  test('TEN-19: only a Global administrator changes them; each change is audited and holds at once', async () => {
    const tenant = await newTenant(cloud, 'changes')
    const reader = await tenant.newUser('reader')
    await tenant.give(directoryReaders, reader.id)
    expect((await reader.client.get(policyPath)).status).toBe(200)
    expect((await reader.client.patch(policyPath, { allowInvitesFrom: 'none' })).status).toBe(403)
    expect((await reader.client.post(listsPath, { displayName: 'x', definition: definition({}) })).status).toBe(403)
    const changes = { allowInvitesFrom: 'none', defaultUserRolePermissions: { allowedToCreateApps: false } }
    for (let time = 0; time < 2; time++)
      expect((await tenant.administrator.patch(policyPath, changes)).status).toBe(204)
    expect((await tenant.administrator.get(policyPath)).body).toMatchObject({
      ...changes,
      defaultUserRolePermissions: { allowedToCreateApps: false, allowedToReadOtherUsers: true },
    })
    const { rows } = await cloud.running.pool.query(
      `select before->>'allowInvitesFrom' as before, after->>'allowInvitesFrom' as after, principal_id
       from audit_record where scope = $1`,
      [`/tenants/${tenant.id}/policies/authorizationPolicy`],
    )
    expect(rows).toEqual([{ before: 'everyone', after: 'none', principal_id: tenant.administratorId }])
  })

  test.each([
    [{ allowInvitesFrom: 'somebody' }],
    [{ guestUserRoleId: '00000000-0000-4000-8000-000000000000' }],
    [{ blockMsolPowerShell: false }],
    [{ defaultUserRolePermissions: { permissionGrantPoliciesAssigned: ['x'] } }],
  ])('TEN-19: what is not a setting here is refused by name: %j', async (changes) => {
    const { administrator } = await newTenant(cloud, `refused${Object.keys(changes)[0]?.toLowerCase()}`)
    expect((await administrator.patch(policyPath, changes)).status).toBe(400)
  })
})

describe('what guests see', () => {
  test('TEN-18: the level of the tenant limits every read of the directory, from the next request on', async () => {
    const { contoso, guest } = await guestWorld(cloud, 'visible')
    const { administrator } = contoso
    const gus = await guest('gus')
    const group = await administrator.post('/v1.0/groups', {
      displayName: 'Team',
      mailNickname: 'team',
      mailEnabled: false,
      securityEnabled: true,
    })
    await administrator.post(`/v1.0/groups/${group.body.id}/members/$ref`, reference(gus.id))
    const reads = [
      '/v1.0/me',
      '/v1.0/me/memberOf',
      `/v1.0/users/${gus.id}`,
      `/v1.0/users/${contoso.administratorId}`,
      '/v1.0/users',
      '/v1.0/groups',
      `/v1.0/groups/${group.body.id}`,
      `/v1.0/groups/${group.body.id}/members`,
      '/v1.0/directoryRoles',
      '/v1.0/applications',
      '/v1.0/servicePrincipals',
      '/v1.0/domains',
    ]
    const statuses = async () => Promise.all(reads.map(async (path) => (await gus.client.get(path)).status))
    const own = [200, 200, 200]

    expect(await statuses()).toEqual([...own, 403, 403, 403, 200, 200, 403, 403, 403, 403])
    expect((await gus.client.get('/v1.0/me/memberOf')).body.value).toMatchObject([{ displayName: 'Team' }])

    await administrator.patch(policyPath, { guestUserRoleId: restricted })
    expect(await statuses()).toEqual([...own, 403, 403, 403, 403, 403, 403, 403, 403, 403])
    expect((await gus.client.get('/v1.0/me/memberOf')).body.value).toEqual([
      expect.objectContaining({ id: group.body.id, displayName: null }),
    ])
    expect((await gus.client.get('/v1.0/me')).body.displayName).toBe('gus')

    await contoso.give(directoryReaders, gus.id)
    expect(await statuses()).toEqual(reads.map(() => 200))
    await administrator.delete(`/v1.0/directoryRoles/${directoryReaders}/members/${gus.id}/$ref`)

    await administrator.patch(policyPath, { guestUserRoleId: asMembers })
    expect(await statuses()).toEqual(reads.map(() => 200))
    expect((await gus.client.post('/v1.0/applications', { displayName: 'App' })).status).toBe(403)
  })
})

describe('what members do without a role', () => {
  test('TEN-25: they read others, register applications and create groups that they own, until the setting says no', async () => {
    const tenant = await newTenant(cloud, 'members')
    const mia = await tenant.newUser('mia')
    const group = { displayName: 'Team', mailNickname: 'team', mailEnabled: false, securityEnabled: true }
    const made = await mia.client.post('/v1.0/groups', group)
    expect(made.status).toBe(201)
    const owners = await mia.client.get(`/v1.0/groups/${made.body.id}/owners`)
    expect(owners.body.value.map(({ id }: { id: string }) => id)).toEqual([mia.id])
    const member = { '@odata.id': reference(tenant.administratorId)['@odata.id'] }
    expect((await mia.client.post(`/v1.0/groups/${made.body.id}/members/$ref`, member)).status).toBe(204)
    expect((await mia.client.post('/v1.0/applications', { displayName: 'App' })).status).toBe(201)
    expect((await mia.client.get('/v1.0/users')).status).toBe(200)
    const create = (client: typeof mia.client, label: string) =>
      client.post('/providers/Tenantry.Directory/createTenant?api-version=2026-11-01', {
        properties: { displayName: label, initialDomainLabel: label, countryCode: 'SE', kind: 'workforce' },
      })
    expect((await create(mia.client, 'mias')).status).toBe(201)

    await tenant.administrator.patch(policyPath, {
      defaultUserRolePermissions: {
        allowedToCreateApps: false,
        allowedToCreateSecurityGroups: false,
        allowedToCreateTenants: false,
        allowedToReadOtherUsers: false,
      },
    })
    expect((await mia.client.post('/v1.0/groups', group)).status).toBe(403)
    expect((await mia.client.post('/v1.0/applications', { displayName: 'App' })).status).toBe(403)
    expect((await create(mia.client, 'mias-second')).status).toBe(403)
    expect((await create(tenant.administrator, 'second')).status).toBe(201)
    expect((await mia.client.get('/v1.0/users')).status).toBe(403)
    expect((await mia.client.get(`/v1.0/users/${tenant.administratorId}`)).status).toBe(403)
    expect((await mia.client.get('/v1.0/me')).status).toBe(200)
    expect((await tenant.administrator.post('/v1.0/groups', group)).status).toBe(201)
  })
})

describe('the domains that guests come from', () => {
  const create = (lists: Record<string, string[]>, isOrganizationDefault = true) => ({
    displayName: 'B2BManagementPolicy',
    isOrganizationDefault,
    definition: definition(lists),
  })

  test('TEN-16: a tenant has one list; the other kind replaces it whole', async () => {
    const { contoso, invite } = await guestWorld(cloud, 'lists')
    const { administrator } = contoso
    const made = await administrator.post(listsPath, create({ AllowedDomains: ['Good.example'], BlockedDomains: [] }))
    expect(made).toMatchObject({ status: 201, body: { isOrganizationDefault: true } })
    expect((await administrator.post(listsPath, create({ BlockedDomains: ['x.example'] }))).status).toBe(409)
    expect((await invite('a@good.EXAMPLE')).status).toBe(201)
    expect((await invite('a@other.example')).status).toBe(403)
    const path = `${listsPath}/${made.body.id}`
    const both = { definition: definition({ AllowedDomains: ['a.example'], BlockedDomains: ['b.example'] }) }
    expect((await administrator.patch(path, both)).status).toBe(400)

    expect(
      (await administrator.patch(path, { definition: definition({ BlockedDomains: ['bad.example'] }) })).status,
    ).toBe(204)
    const lists = JSON.parse((await administrator.get(path)).body.definition[0])
    expect(lists.B2BManagementPolicy.InvitationsAllowedAndBlockedDomainsPolicy).toEqual({
      AllowedDomains: [],
      BlockedDomains: ['bad.example'],
    })
    expect((await invite('a@bad.example')).status).toBe(403)
    expect((await invite('a@mail.bad.example')).status).toBe(201)
    expect((await invite('a@other.example')).status).toBe(201)

    expect((await administrator.patch(path, { isOrganizationDefault: false })).status).toBe(204)
    expect((await invite('b@bad.example')).status).toBe(201)
    expect((await administrator.delete(path)).status).toBe(204)
    expect((await administrator.get(path)).status).toBe(404)
    expect((await administrator.get(listsPath)).body.value).toEqual([])
  })

  test('TEN-17: the list is asked again when an invitation is redeemed, and says whose policy it is', async () => {
    const { contoso, fabrikam, invite, person, guest } = await guestWorld(cloud, 'recheck')
    const early = await guest('early')
    const late = await person('late')
    const invited = await invite(late.address)
    const made = await contoso.administrator.post(listsPath, create({ BlockedDomains: [fabrikam.domain] }))
    const refused = await accept(late.client, invited)
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'DomainBlockedByPolicy' } } })
    expect(refused.body.error.message).toContain(`policy of the inviting tenant 'recheck-contoso' itself`)
    expect((await invite(`more@${fabrikam.domain}`)).body.error).toMatchObject({ code: 'DomainBlockedByPolicy' })
    // Who accepted before is not affected.
    expect((await early.client.get('/v1.0/me')).status).toBe(200)
    await contoso.administrator.delete(`${listsPath}/${made.body.id}`)
    expect((await accept(late.client, invited)).status).toBe(200)
  })

  test.each([
    ['not JSON', ['{']],
    ['another policy', ['{"TokenLifetimePolicy":{}}']],
    ['two texts', ['{}', '{}']],
    ['what is not supported', [JSON.stringify({ B2BManagementPolicy: { AutoRedeemPolicy: {} } })]],
    ['a pattern', definition({ BlockedDomains: ['*.example'] })],
  ])('TEN-16: a definition with %s is refused', async (_what, text) => {
    const { administrator } = await newTenant(cloud, `definition${_what.replaceAll(' ', '').toLowerCase()}`)
    const reply = await administrator.post(listsPath, { displayName: 'x', definition: text })
    expect(reply.status).toBe(400)
  })
})
