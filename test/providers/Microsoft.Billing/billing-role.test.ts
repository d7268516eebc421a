import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billingRoleDefinitions, billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture } from '../Microsoft.Authorization/access-fixture.ts'
import { BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { give, holder, sdk, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let make: ReturnType<typeof accessFixture>
let contoso: Customer
let fabrikam: Customer

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  make = accessFixture(cloud)
  contoso = await world.customer()
  fabrikam = await world.customer()
}, 60_000)
afterAll(() => cloud?.stop())

const grant = (customer: Customer, principalId: string, more: object = {}) =>
  customer.owner.client.post(`${customer.accountId}/createBillingRoleAssignment?${v2024}`, {
    principalId,
    roleDefinitionId: billingRoleId('BAR'),
    ...more,
  })

const clientOf = async (tenantId: string, userId: string) => cloud.as(await cloud.userToken(tenantId, userId))

describe('giving and taking roles', () => {
  test('BIL-15: users, groups and applications of the billing tenant may be given a role, and groups pass it on', async () => {
    const member = await make.user(contoso.tenant.id, 'member')
    const group = await make.group(contoso.tenant.id, member)
    expect(await (await clientOf(contoso.tenant.id, member)).get(`${contoso.accountId}?${v2020}`)).toMatchObject({
      status: 403,
    })
    const given = await grant(contoso, group)
    expect(given).toMatchObject({
      status: 200,
      body: {
        type: 'Microsoft.Billing/billingAccounts/billingRoleAssignments',
        properties: {
          principalId: group,
          principalTenantId: contoso.tenant.id,
          scope: contoso.accountId,
          roleDefinitionId: `${contoso.accountId}/billingRoleDefinitions/${billingRoleId('BAR')}`,
        },
      },
    })
    expect(await (await clientOf(contoso.tenant.id, member)).get(`${contoso.accountId}?${v2020}`)).toMatchObject({
      status: 200,
    })
    const { client } = contoso.owner
    const application = expectSuccess(await client.post('/v1.0/applications', { displayName: 'billing' }))
    const principal = expectSuccess(await client.post('/v1.0/servicePrincipals', { appId: application.body.appId }))
    expect((await grant(contoso, principal.body.id)).status).toBe(200)
    expect((await grant(contoso, principal.body.id)).body.error.code).toBe('RoleAssignmentExists')
  })

  test('TEN-10, BIL-3: nobody outside the billing tenant is given a role, and a guest only after accepting', async () => {
    const outsider = await make.user(fabrikam.tenant.id, 'outsider')
    for (const more of [{}, { principalTenantId: fabrikam.tenant.id }])
      expect(await grant(contoso, outsider, more)).toMatchObject({
        status: 400,
        body: { error: { code: 'PrincipalNotInBillingTenant', target: 'principalId' } },
      })
    expect(await grant(contoso, randomUUID())).toMatchObject({
      status: 400,
      body: { error: { code: 'PrincipalNotInBillingTenant' } },
    })
    const home = { tenantId: fabrikam.tenant.id, objectId: outsider }
    const pending = await make.user(contoso.tenant.id, 'pending', { home, state: 'PendingAcceptance' })
    expect(await grant(contoso, pending)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvitationNotAccepted' } },
    })
    const guest = await make.user(contoso.tenant.id, 'guest', { home, state: 'Accepted' })
    expect((await grant(contoso, guest)).status).toBe(200)
    const client = await clientOf(contoso.tenant.id, guest)
    expect((await client.get(`${contoso.accountId}?${v2020}`)).status).toBe(200)
    const atHome = await clientOf(fabrikam.tenant.id, outsider)
    expect((await atHome.get(`${contoso.accountId}?${v2020}`)).status).toBe(404)
  })

  test('ACC-9: a role is given where its kind of scope is, and nowhere else', async () => {
    const person = await make.user(contoso.tenant.id, 'person')
    const wrong = await contoso.owner.client.post(`${contoso.sectionId}/createBillingRoleAssignment?${v2024}`, {
      principalId: person,
      roleDefinitionId: billingRoleId('BAO'),
    })
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'InvalidRoleDefinition' } } })
  })

  test('BIL-16 A2, P2, S2: contributors and readers give no roles, owners of a section give its roles', async () => {
    const owner = await holder(world, contoso, 'ISO')
    const contributor = await holder(world, contoso, 'BAC')
    const person = await make.user(contoso.tenant.id, 'newcomer')
    const body = { principalId: person, roleDefinitionId: billingRoleId('SC') }
    const path = `${contoso.sectionId}/createBillingRoleAssignment?${v2024}`
    expect((await contributor.client.post(path, body)).status).toBe(403)
    expect((await owner.client.post(path, body)).status).toBe(200)
    expect((await owner.client.post(`${contoso.profileId}/createBillingRoleAssignment?${v2024}`, body)).status).toBe(
      403,
    )
  })

  test('ACC-10: the last holder at a scope cannot be removed; a deletion answers with what was deleted', async () => {
    const client = sdk(world, fabrikam.owner.client)
    const [only] = (await fabrikam.owner.client.get(`${fabrikam.accountId}/billingRoleAssignments?${v2020}`)).body.value
    await expect(
      client.billingRoleAssignments.deleteByBillingAccount(fabrikam.account, only.name),
    ).rejects.toMatchObject({
      statusCode: 409,
      code: 'LastScopeOwner',
    })
    const second = await holder(world, fabrikam)
    const name = await give(fabrikam, 'BAR', second.objectId)
    const got = await client.billingRoleAssignments.getByBillingAccount(fabrikam.account, name)
    expect(got).toMatchObject({ principalId: second.objectId, createdByPrincipalId: fabrikam.owner.objectId })
    const deleted = await client.billingRoleAssignments.deleteByBillingAccount(fabrikam.account, name.toUpperCase())
    expect(deleted).toMatchObject({ name, principalId: second.objectId })
    await expect(client.billingRoleAssignments.getByBillingAccount(fabrikam.account, name)).rejects.toMatchObject({
      statusCode: 404,
    })
    expect((await second.client.get(`${fabrikam.accountId}?${v2020}`)).status).toBe(403)
  })

  test('ACC-10: two holders who remove each other at the same time do not both succeed', async () => {
    const people = [await make.user(contoso.tenant.id, 'left'), await make.user(contoso.tenant.id, 'right')]
    const profile = expectSuccess(
      await contoso.owner.client.put(`${contoso.accountId}/billingProfiles/RACE?${v2020}`, { properties: {} }),
    ).body.id
    const names = [
      await give(contoso, 'BPO', people[0] ?? '', profile),
      await give(contoso, 'BPO', people[1] ?? '', profile),
    ]
    const statuses = await Promise.all(
      names.map(async (name) =>
        contoso.owner.client.delete(`${profile}/billingRoleAssignments/${name}?${v2020}`).then(({ status }) => status),
      ),
    )
    expect(statuses.toSorted()).toEqual([200, 409])
  })

  test('ACC-8: a Global administrator sees every account of the tenant and gives roles, and changes nothing else', async () => {
    const admin = await make.user(contoso.tenant.id, 'admin')
    await make.directoryRole(contoso.tenant.id, directoryRoleIds.globalAdministrator, admin)
    const client = await clientOf(contoso.tenant.id, admin)
    expect((await client.get(`/providers/Microsoft.Billing/billingAccounts?${v2020}`)).body.value).toHaveLength(1)
    expect((await client.get(`${contoso.profileId}?${v2020}`)).status).toBe(200)
    expect((await client.patch(`${contoso.accountId}?${v2020}`, { properties: { displayName: 'Mine' } })).status).toBe(
      403,
    )
    const body = { principalId: admin, roleDefinitionId: billingRoleId('BAO') }
    expect((await client.post(`${contoso.accountId}/createBillingRoleAssignment?${v2024}`, body)).status).toBe(200)
    expect((await client.patch(`${contoso.accountId}?${v2020}`, { properties: { displayName: 'Mine' } })).status).toBe(
      200,
    )
  })
})

describe('what roles allow', () => {
  test('BIL-16: definitions are listed where they can be given, with the actions of the matrix', async () => {
    const client = sdk(world, contoso.owner.client)
    const listed: (string | undefined)[] = []
    for await (const { name } of client.billingRoleDefinitions.listByBillingAccount(contoso.account)) listed.push(name)
    for await (const { name } of client.billingRoleDefinitions.listByBillingProfile(contoso.account, contoso.profile))
      listed.push(name)
    const ofSection = client.billingRoleDefinitions.listByInvoiceSection(
      contoso.account,
      contoso.profile,
      contoso.section,
    )
    for await (const { name } of ofSection) listed.push(name)
    expect(listed).toEqual(billingRoleDefinitions.map(({ id }) => id))
    const creator = await client.billingRoleDefinitions.getByInvoiceSection(
      contoso.account,
      contoso.profile,
      contoso.section,
      billingRoleId('SC'),
    )
    expect(creator.permissions?.[0]?.actions).toEqual([
      'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections/createSubscription/action',
    ])
  })

  test('BIL-14: a subscription creator may create, and may not see the section or its subscriptions', async () => {
    const creator = await holder(world, contoso, 'SC')
    const subscriptionId = await world.subscription({ ...contoso, owner: creator })
    const listed = await creator.client.post(
      `${contoso.accountId}/listInvoiceSectionsWithCreateSubscriptionPermission?${v2020}`,
    )
    expect(listed.body.value).toHaveLength(1)
    for (const path of ['', '/billingSubscriptions', '/billingRoleAssignments'])
      expect((await creator.client.get(`${contoso.sectionId}${path}?${v2020}`)).status, path).toBe(403)
    const billed = `${contoso.accountId}/billingSubscriptions/${subscriptionId}?${v2020}`
    expect((await creator.client.get(billed)).status).toBe(403)
    expect((await contoso.owner.client.get(billed)).status).toBe(200)
    const property = `/subscriptions/${subscriptionId}/providers/Microsoft.Billing/billingProperty/default?${v2020}`
    const shown = (await creator.client.get(property)).body.properties
    expect(shown).toMatchObject({ billingAccountId: contoso.accountId, invoiceSectionId: contoso.sectionId })
    expect(shown.billingAccountDisplayName).toBeUndefined()
    expect(shown.invoiceSectionDisplayName).toBeUndefined()
  })

  test('BIL-16: permissions and access checks say what the caller may do, at the scope asked for', async () => {
    const reader = await holder(world, contoso, 'BPR')
    const client = sdk(world, reader.client)
    const actions: string[] = []
    for await (const permission of client.billingPermissions.listByBillingProfile(contoso.account, contoso.profile))
      actions.push(...(permission.actions ?? []))
    expect(actions).toContain('Microsoft.Billing/billingAccounts/billingProfiles/read')
    expect(actions).not.toContain('Microsoft.Billing/billingAccounts/billingProfiles/write')
    const asked = [
      'Microsoft.Billing/billingAccounts/billingProfiles/read',
      'microsoft.billing/billingaccounts/billingprofiles/write',
      'Microsoft.Billing/billingAccounts/read',
    ]
    expect((await reader.client.post(`${contoso.profileId}/checkAccess?${v2024}`, { actions: asked })).body).toEqual([
      { action: asked[0], accessDecision: 'Allowed' },
      { action: asked[1], accessDecision: 'NotAllowed' },
      { action: asked[2], accessDecision: 'Other' },
    ])
    expect((await fabrikam.owner.client.get(`${contoso.profileId}/billingPermissions?${v2020}`)).status).toBe(404)
  })
})
