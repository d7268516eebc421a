import { sandboxAppId } from '../../src/domain/directory/sign-in-client.ts'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billingRoleId } from '../../src/domain/access/billing-roles.ts'
import type { Caller } from '../../src/domain/access/caller.ts'
import { directoryRoleIds } from '../../src/domain/access/directory-roles.ts'
import {
  allowsBillingTask,
  allowsDirectoryPermission,
  allowsResource,
  allowsResourceData,
  authorizeBilling,
  authorizeDirectory,
  authorizeOperator,
  authorizeResource,
  explainAccess,
  identitiesOf,
  isGlobalAdministrator,
  listVisibleSubscriptionIds,
} from '../../src/operations/authorize.ts'
import { accessFixture, roles, start } from '../providers/Microsoft.Authorization/access-fixture.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
let make: ReturnType<typeof accessFixture>
let tenantId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = accessFixture(cloud)
  tenantId = await make.tenant()
}, 60_000)
afterAll(() => cloud?.stop())

const contextOf = (objectId: string, tenant = tenantId) => {
  const caller: Caller = {
    tenantId: tenant,
    objectId,
    kind: 'user',
    appId: sandboxAppId,
    name: 'somebody',
    isOperator: false,
  }
  return { db: cloud.running.db, caller, now: new Date(start) }
}
const guestOf = (home: string, person: string, state: 'Accepted' | 'PendingAcceptance', tenant = tenantId) =>
  make.user(tenant, 'guest', { home: { tenantId: home, objectId: person }, state })

describe('resource roles', () => {
  test('ACC-4: the reason names the assignment and the group it came through', async () => {
    const user = await make.user(tenantId, 'user')
    const group = await make.group(tenantId, user)
    const subscriptionId = await make.subscription(tenantId)
    const scope = `/subscriptions/${subscriptionId}`
    const id = await make.assign(tenantId, scope, roles.reader, group, 'Group')
    const decision = await explainAccess(contextOf(user), { action: 'x/y/read' }, `${scope}/resourceGroups/g`)
    expect(decision).toMatchObject({
      allowed: true,
      reason: { kind: 'granted', assignment: { id, scope }, throughGroup: group, role: { name: 'Reader' } },
    })
  })

  test('ACC-4: groups that contain each other do not make it run forever', async () => {
    const user = await make.user(tenantId, 'user')
    const one = await make.group(tenantId, user)
    const two = await make.group(tenantId, one)
    await cloud.running.db
      .insertInto('group_member')
      .values({ tenant_id: tenantId, group_id: one, member_id: two, added_at: new Date(start) })
      .execute()
    const scope = `/subscriptions/${await make.subscription(tenantId)}`
    await make.assign(tenantId, scope, roles.reader, two, 'Group')
    expect(await allowsResource(contextOf(user), 'x/y/read', scope)).toBe(true)
  })

  test('ACC-1: Usage Publisher reports and reads nothing; Owner reads and does not report', async () => {
    const [publisher, owner] = [await make.user(tenantId, 'publisher'), await make.user(tenantId, 'owner')]
    const scope = `/subscriptions/${await make.subscription(tenantId, owner)}`
    await make.assign(tenantId, scope, roles.usagePublisher, publisher)
    const report = 'Tenantry.Metering/events/write'
    expect(await allowsResourceData(contextOf(publisher), report, scope)).toBe(true)
    expect(await allowsResourceData(contextOf(owner), report, scope)).toBe(false)
    expect(await allowsResource(contextOf(publisher), 'Microsoft.Resources/subscriptions/read', scope)).toBe(false)
  })

  test('SUB-5: Active, Warned and PastDue allow everything; a disabled one may only be enabled again', async () => {
    const owner = await make.user(tenantId, 'owner')
    const subscriptionId = await make.subscription(tenantId, owner)
    const attempt = (action: string) => authorizeResource(contextOf(owner), action, `/subscriptions/${subscriptionId}`)
    for (const state of ['Active', 'Warned'] as const) {
      await make.setState(subscriptionId, state)
      await attempt('x/y/write')
    }
    await make.setState(subscriptionId, 'Disabled')
    await expect(attempt('x/y/go/action')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'ReadOnlyDisabledSubscription',
    })
    await attempt('x/y/delete')
    await attempt('Microsoft.Subscription/enable/action')
  })

  test('SUB-26: a suspended subscription refuses everything to its customer', async () => {
    const owner = await make.user(tenantId, 'owner')
    const subscriptionId = await make.subscription(tenantId, owner)
    await make.setState(subscriptionId, 'Suspended')
    for (const action of ['x/y/read', 'x/y/write', 'Microsoft.Subscription/enable/action'])
      await expect(
        authorizeResource(contextOf(owner), action, `/subscriptions/${subscriptionId}`),
      ).rejects.toMatchObject({
        code: 'SubscriptionSuspended',
      })
  })

  test('TEN-2: a role in one tenant gives nothing when the subscription trusts another', async () => {
    const [other, user] = [await make.tenant(), await make.user(tenantId, 'user')]
    const subscriptionId = await make.subscription(other)
    const scope = `/subscriptions/${subscriptionId}`
    await make.assign(tenantId, scope, roles.owner, user)
    await expect(authorizeResource(contextOf(user), 'x/y/read', scope)).rejects.toMatchObject({
      kind: 'not_found',
      code: 'SubscriptionNotFound',
    })
    expect(await listVisibleSubscriptionIds(contextOf(user))).toEqual([])
  })

  test('ACC-4: visible are the subscriptions with a role at them, below them or at the root, and no deleted one', async () => {
    const fresh = await make.tenant()
    const user = await make.user(fresh, 'user')
    const [at, below, deleted, none] = [
      await make.subscription(fresh, user),
      await make.subscription(fresh),
      await make.subscription(fresh, user),
      await make.subscription(fresh),
    ]
    await make.setState(deleted, 'Deleted')
    await make.assign(fresh, await make.resourceGroup(below, 'g'), roles.reader, user)
    expect(await listVisibleSubscriptionIds(contextOf(user, fresh))).toEqual([at, below].toSorted())
    const elevated = await make.user(fresh, 'elevated')
    await make.assign(fresh, '/', roles.userAccessAdministrator, elevated)
    expect(await listVisibleSubscriptionIds(contextOf(elevated, fresh))).toEqual([at, below, none].toSorted())
  })

  test('ACC-3: a subscription id that is no GUID is refused as such', async () => {
    const user = await make.user(tenantId, 'user')
    await expect(authorizeResource(contextOf(user), 'x/y/read', '/subscriptions/nonsense')).rejects.toMatchObject({
      code: 'InvalidSubscriptionId',
    })
  })
})

describe('directory roles', () => {
  test('ACC-6: a role of the tenant gives its permissions there, also through a group, and nothing elsewhere', async () => {
    const user = await make.user(tenantId, 'inviter')
    await expect(authorizeDirectory(contextOf(user), tenantId, 'users/inviteGuest')).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'Authorization_RequestDenied',
      details: [{ code: 'DirectoryRoleRequired' }],
    })
    await make.directoryRole(tenantId, directoryRoleIds.guestInviter, await make.group(tenantId, user))
    await authorizeDirectory(contextOf(user), tenantId, 'users/inviteGuest')
    const other = await make.tenant()
    await expect(authorizeDirectory(contextOf(user), other, 'users/inviteGuest')).rejects.toMatchObject({
      kind: 'not_found',
      code: 'TenantNotFound',
    })
  })

  test('ACC-11: an Owner of the subscription has no say in the directory', async () => {
    const owner = await make.user(tenantId, 'owner')
    await make.subscription(tenantId, owner)
    expect(await allowsDirectoryPermission(contextOf(owner), tenantId, 'users/create')).toBe(false)
  })

  test('TEN-18: a member reads the directory, a guest does not without a role', async () => {
    const home = await make.tenant()
    const person = await make.user(home, 'person')
    const guest = await guestOf(home, person, 'Accepted')
    expect(await allowsDirectoryPermission(contextOf(person, home), home, 'users/read')).toBe(true)
    expect(await allowsDirectoryPermission(contextOf(guest), tenantId, 'users/read')).toBe(false)
  })

  test('MAU-5: a person is Global administrator of a tenant where an accepted guest account of theirs is, not a pending one', async () => {
    const home = await make.tenant()
    const identity = await make.tenant()
    const person = await make.user(home, 'person')
    const guest = await guestOf(home, person, 'PendingAcceptance', identity)
    await make.directoryRole(identity, directoryRoleIds.globalAdministrator, guest)
    expect(await isGlobalAdministrator(contextOf(person, home), identity)).toBe(false)
    await cloud.running.db
      .updateTable('user_account')
      .set({ external_user_state: 'Accepted' })
      .where('id', '=', guest)
      .execute()
    expect(await isGlobalAdministrator(contextOf(person, home), identity)).toBe(true)
    expect(await isGlobalAdministrator(contextOf(guest, identity), identity)).toBe(true)
    expect(await identitiesOf(contextOf(guest, identity))).toEqual([
      { tenantId: identity, objectId: guest },
      { tenantId: home, objectId: person },
    ])
  })

  test('MAU-5: an application is the same in every tenant that has its service principal', async () => {
    const appId = randomUUID()
    const [one, two] = [await make.tenant(), await make.tenant()]
    const ids = []
    for (const tenant of [one, two]) {
      const id = randomUUID()
      await cloud.running.db
        .insertInto('principal')
        .values({ id, tenant_id: tenant, kind: 'servicePrincipal', display_name: 'app', created_at: new Date(start) })
        .execute()
      await cloud.running.db.insertInto('service_principal').values({ id, tenant_id: tenant, app_id: appId }).execute()
      ids.push({ tenantId: tenant, objectId: id })
    }
    const identities = await identitiesOf(contextOf(ids[0]?.objectId ?? '', one))
    expect(identities).toEqual(ids)
  })

  test('TEN-22: a deleted or disabled account holds nothing', async () => {
    const user = await make.user(tenantId, 'leaver')
    await make.directoryRole(tenantId, directoryRoleIds.globalAdministrator, user)
    expect(await isGlobalAdministrator(contextOf(user), tenantId)).toBe(true)
    await cloud.running.db.updateTable('user_account').set({ account_enabled: false }).where('id', '=', user).execute()
    expect(await isGlobalAdministrator(contextOf(user), tenantId)).toBe(false)
    expect(await identitiesOf(contextOf(user))).toEqual([])
  })
})

describe('billing roles', () => {
  async function account(tenant: string) {
    const name = `${randomUUID()}:${randomUUID()}_2019-05-31`
    await cloud.running.db
      .insertInto('billing_account')
      .values({
        name,
        tenant_id: tenant,
        display_name: 'Contoso',
        agreement_type: 'MicrosoftCustomerAgreement',
        account_type: 'Enterprise',
        currency: 'EUR',
        country_code: 'SE',
        notification_email: null,
        created_at: new Date(start),
        created_by: randomUUID(),
      })
      .execute()
    return { name, scope: `/providers/Microsoft.Billing/billingAccounts/${name}` }
  }
  async function grant(
    name: string,
    scope: string,
    role: Parameters<typeof billingRoleId>[0],
    tenant: string,
    principal: string,
  ) {
    await cloud.running.db
      .insertInto('billing_role_assignment')
      .values({
        name: randomUUID(),
        billing_account_name: name,
        scope,
        scope_key: scope.toLowerCase(),
        role_definition_name: billingRoleId(role),
        principal_tenant_id: tenant,
        principal_id: principal,
        created_at: new Date(start),
        created_by: principal,
      })
      .execute()
  }

  test('BIL-16: a role at a profile allows the matrix rows there and is refused above, naming what would be needed', async () => {
    const user = await make.user(tenantId, 'profile')
    const { name, scope } = await account(tenantId)
    const profile = `${scope}/billingProfiles/AAAA-BBBB-CCC-DDD`
    await grant(name, profile, 'BPC', tenantId, await make.group(tenantId, user))
    await authorizeBilling(contextOf(user), 'P4', profile)
    await authorizeBilling(contextOf(user), 'S9', `${profile.toUpperCase()}/invoiceSections/EEEE-FFFF-GGG-HHH`)
    await expect(authorizeBilling(contextOf(user), 'A4', scope)).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'AuthorizationFailed',
      details: [
        {
          code: 'BillingRoleRequired',
          message: expect.stringContaining("'Billing account owner', 'Billing account contributor'"),
        },
      ],
    })
    await expect(authorizeBilling(contextOf(user), 'P2', profile)).rejects.toMatchObject({
      code: 'AuthorizationFailed',
    })
  })

  test('BIL-3: an account of another tenant looks like one that does not exist', async () => {
    const elsewhere = await make.tenant()
    const user = await make.user(tenantId, 'user')
    for (const name of [(await account(elsewhere)).name, `${randomUUID()}:${randomUUID()}_2019-05-31`])
      await expect(
        authorizeBilling(contextOf(user), 'A3', `/providers/Microsoft.Billing/billingAccounts/${name}`),
      ).rejects.toMatchObject({
        kind: 'not_found',
        code: 'BillingAccountNotFound',
        message: `The billing account '${name}' could not be found.`,
      })
  })

  test('TEN-14: a pending guest does not reach the account even with a role, and does once it has accepted', async () => {
    const home = await make.tenant()
    const guest = await guestOf(home, await make.user(home, 'person'), 'PendingAcceptance')
    const { name, scope } = await account(tenantId)
    await grant(name, scope, 'BAO', tenantId, guest)
    expect(await allowsBillingTask(contextOf(guest), 'A3', scope)).toBe(false)
    await cloud.running.db
      .updateTable('user_account')
      .set({ external_user_state: 'Accepted' })
      .where('id', '=', guest)
      .execute()
    expect(await allowsBillingTask(contextOf(guest), 'A3', scope)).toBe(true)
  })

  test('ACC-8: a Global administrator of the tenant reads the account and grants roles, and writes nothing', async () => {
    const admin = await make.user(tenantId, 'global')
    await make.directoryRole(tenantId, directoryRoleIds.globalAdministrator, admin)
    const { scope } = await account(tenantId)
    await authorizeBilling(contextOf(admin), 'A7', scope)
    await authorizeBilling(contextOf(admin), 'A2', scope)
    await expect(authorizeBilling(contextOf(admin), 'A4', scope)).rejects.toMatchObject({ code: 'AuthorizationFailed' })
    const other = await account(await make.tenant())
    await expect(authorizeBilling(contextOf(admin), 'A7', other.scope)).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('ACC-1: neither Owner of a subscription nor Global administrator elsewhere gives a billing role', async () => {
    const owner = await make.user(tenantId, 'owner')
    await make.subscription(tenantId, owner)
    const { scope } = await account(tenantId)
    await expect(authorizeBilling(contextOf(owner), 'A3', scope)).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

test('ACC-1: only the operator does what is the operator’s', () => {
  const caller = contextOf(randomUUID()).caller
  expect(() => authorizeOperator({ caller })).toThrow('is not the operator of this installation')
  expect(() => authorizeOperator({ caller: { ...caller, isOperator: true } })).not.toThrow()
})
