import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person, TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, billing, type Customer } from '../Tenantry.Billing/billing-world.ts'
import { holder, v2024 } from './role-holders.ts'
import { standAlone } from './transfer-world.ts'

let cloud: TestCloud
let world: BillingWorld
let a: Customer
let other: { tenant: TestTenant; administrator: Person }
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  a = await world.customer({ displayName: 'Contoso' })
  other = await world.identities.workforce()
})
afterAll(() => cloud?.stop())

const path = (customer: Customer, tenant: TestTenant) => `${customer.accountId}/associatedTenants/${tenant.id}?${v2024}`
const request = (name: string) => `/providers/Microsoft.Billing/billingRequests/${name}?${v2024}`
const put = (properties: object, tenant = other.tenant, customer = a) =>
  customer.owner.client.put(path(customer, tenant), { properties: { displayName: 'Finance', ...properties } })
const offer = (person: Person, scope = a.accountId, role: 'BAR' | 'BAO' | 'BPO' = 'BAR') =>
  a.owner.client.post(`${scope}/createBillingRoleAssignment?${v2024}`, {
    principalId: person.objectId,
    principalTenantId: person.tenantId,
    roleDefinitionId: `${scope}/billingRoleDefinitions/${billingRoleId(role)}`,
  })
const answer = (by: Person, name: string, status: string) => by.client.put(request(name), { properties: { status } })
const reads = async (person: Person): Promise<boolean> =>
  (await person.client.get(`${a.accountId}?${billing}`)).status === 200
const requestOf = (id: string): string => id.split('/').at(-1) ?? ''

describe('billing management', () => {
  test('BIL-3, TEN-10: without an association nobody outside the billing tenant is given a role, nor by the database', async () => {
    const person = await world.identities.user(other.administrator, 'early', other.tenant)
    const refused = await offer(person)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'PrincipalNotInBillingTenant'])
    await expect(
      cloud.running.pool.query(
        `insert into billing_role_assignment values ($1, $2, $3, lower($3), $4, $5, $6, now(), $6)`,
        [randomUUID(), a.account, a.accountId, billingRoleId('BAO'), person.tenantId, person.objectId],
      ),
    ).rejects.toThrow('not in the tenant of the billing account')
    expect(await reads(person)).toBe(false)
  })

  test('OWN-13: people of an associated tenant get roles without being guests, each after agreeing, and lose them at once', async () => {
    const [person, declining] = [
      await world.identities.user(other.administrator, 'agrees', other.tenant),
      await world.identities.user(other.administrator, 'declines', other.tenant),
    ]
    expect((await put({})).body.error.code).toBe('NoAccessRequested')
    const made = await put({ billingManagementState: 'Active' })
    expect([made.status, made.body.properties]).toMatchObject([
      201,
      { billingManagementState: 'Active', provisioningManagementState: 'NotRequested', tenantId: other.tenant.id },
    ])
    expect(made.headers['x-tenantry-warning']).toContain('can see all users of all tenants')
    expect((await put({ billingManagementState: 'Active' })).status).toBe(200)

    const offered = await offer(person)
    expect(offered.status).toBe(200)
    const name = requestOf(offered.body.properties.billingRequestId)
    expect((await offer(person)).body.properties.billingRequestId).toBe(offered.body.properties.billingRequestId)
    // Nothing holds before the person has agreed, and nobody else agrees for that person.
    expect(await reads(person)).toBe(false)
    const listed = await person.client.get(`/providers/Microsoft.Billing/billingRequests?${v2024}`)
    expect(listed.body.value).toMatchObject([
      { name, properties: { type: 'RoleAssignment', status: 'Pending', billingAccountDisplayName: 'Contoso' } },
    ])
    expect((await declining.client.get(request(name))).status).toBe(404)
    expect((await answer(declining, name, 'Approved')).status).toBe(404)
    expect((await answer(other.administrator, name, 'Approved')).status).toBe(404)
    expect((await answer(a.owner, name, 'Approved')).status).toBe(403)
    expect((await answer(person, name, 'Cancelled')).status).toBe(403)
    for (let time = 0; time < 2; time++) {
      const approved = await answer(person, name, 'Approved')
      expect([approved.status, approved.body.properties.status]).toEqual([200, 'Approved'])
    }
    expect(await reads(person)).toBe(true)
    const accounts = await person.client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)
    expect(accounts.body.value.map((one: { name: string }) => one.name)).toEqual([a.account])
    // No guest was made of the person, and a reader writes nothing.
    const guests = await a.owner.client.get(`/v1.0/users?$filter=${encodeURIComponent("userType eq 'Guest'")}`)
    expect(guests.body.value).toEqual([])
    expect((await person.client.patch(`${a.accountId}?${billing}`, { properties: { displayName: 'x' } })).status).toBe(
      403,
    )
    expect((await answer(person, name, 'Declined')).body.error.code).toBe('BillingRequestNotPending')

    const second = requestOf((await offer(declining)).body.properties.billingRequestId)
    expect((await answer(declining, second, 'Declined')).body.properties.status).toBe('Declined')
    expect((await answer(declining, second, 'Approved')).status).toBe(409)
    expect(await reads(declining)).toBe(false)
    const third = requestOf((await offer(declining)).body.properties.billingRequestId)
    expect((await answer(a.owner, third, 'Cancelled')).body.properties.status).toBe('Cancelled')
    const seen = await (await holder(world, a, 'BAR')).client.get(`${a.accountId}/billingRequests?${v2024}`)
    expect(seen.body.value.map((one: { properties: { status: string } }) => one.properties.status).toSorted()).toEqual([
      'Approved',
      'Cancelled',
      'Declined',
    ])
    expect((await person.client.get(`${a.profileId}/billingRequests?${v2024}`)).body.value).toEqual([])

    const open = requestOf((await offer(declining)).body.properties.billingRequestId)
    expect((await put({ billingManagementState: 'Revoked' })).status).toBe(200)
    expect(await reads(person)).toBe(false)
    expect((await person.client.get(`${a.accountId}?${billing}`)).status).toBe(404)
    expect((await person.client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)).body.value).toEqual([])
    expect((await answer(declining, open, 'Approved')).body.error.code).toBe('BillingRequestNotPending')
    expect((await offer(person)).body.error.code).toBe('PrincipalNotInBillingTenant')
    // Switched on again, nothing comes back by itself.
    expect((await put({ billingManagementState: 'Active' })).status).toBe(200)
    expect(await reads(person)).toBe(false)
  })

  test('OWN-13: a role whose tenant was switched off gives nothing, whatever is stored', async () => {
    const person = await world.identities.user(other.administrator, 'stored', other.tenant)
    await put({ billingManagementState: 'Active' })
    const name = requestOf((await offer(person)).body.properties.billingRequestId)
    await answer(person, name, 'Approved')
    expect(await reads(person)).toBe(true)
    const set = (state: string) =>
      cloud.running.pool.query('update associated_tenant set billing_state = $1 where tenant_id = $2', [
        state,
        other.tenant.id,
      ])
    await set('NotAllowed')
    expect(await reads(person)).toBe(false)
    await set('Active')
    expect(await reads(person)).toBe(true)
    expect((await a.owner.client.delete(path(a, other.tenant))).status).toBe(204)
    expect((await a.owner.client.delete(path(a, other.tenant))).status).toBe(204)
    expect(await reads(person)).toBe(false)
    const list = (query = '') => a.owner.client.get(`${a.accountId}/associatedTenants?${v2024}${query}`)
    expect((await list()).body.value).toEqual([])
    expect((await list('&includeRevoked=true')).body.value).toMatchObject([
      { name: other.tenant.id, properties: { billingManagementState: 'Revoked' } },
    ])
  })

  test('OWN-13: who may give roles associates, on accounts of the enterprise kind only', async () => {
    const contributor = await holder(world, a, 'BAC')
    const body = { properties: { displayName: 'x', billingManagementState: 'Active' } }
    expect((await contributor.client.put(path(a, other.tenant), body)).status).toBe(403)
    expect((await contributor.client.delete(path(a, other.tenant))).status).toBe(403)
    expect((await other.administrator.client.put(path(a, other.tenant), body)).status).toBe(404)
    for (const customer of [await standAlone(world), await world.customer({ accountType: 'Individual' })]) {
      const refused = await put({ billingManagementState: 'Active' }, other.tenant, customer)
      expect([refused.status, refused.body.error.code]).toEqual([409, 'AssociatedTenantsNotSupported'])
    }
    expect((await put({ billingManagementState: 'Active' }, a.tenant)).body.error.code).toBe('InvalidTenant')
    expect((await put({ billingManagementState: 'Other' })).body.error.code).toBe('InvalidBillingManagementState')
    const nowhere = { id: randomUUID(), domain: '' }
    expect((await put({ billingManagementState: 'Active' }, nowhere)).body.error.code).toBe('TenantNotFound')
  })

  test('OWN-13: a question that nobody answered in time gives nothing', async () => {
    const person = await world.identities.user(other.administrator, 'slow', other.tenant)
    await put({ billingManagementState: 'Active' })
    const name = requestOf((await offer(person)).body.properties.billingRequestId)
    // Nothing has noted it yet.
    await cloud.running.pool.query("update due_work set due_at = '2100-01-01T00:00:00Z' where payload->>'name' = $1", [
      name,
    ])
    await cloud.clock.set('2026-10-15T00:00:00Z')
    expect((await person.client.get(request(name))).body.properties.status).toBe('Expired')
    const late = await answer(person, name, 'Approved')
    expect([late.status, late.body.error.code]).toEqual([409, 'BillingRequestExpired'])
    expect(await reads(person)).toBe(false)
    // Asked again, it is another question.
    expect(requestOf((await offer(person)).body.properties.billingRequestId)).not.toBe(name)
  })
})

describe('provisioning', () => {
  test('OWN-13: a Global administrator of the other tenant agrees first, and it gives nobody a role', async () => {
    const { tenant, administrator } = await world.identities.workforce()
    const state = async () => (await a.owner.client.get(path(a, tenant))).body.properties
    expect((await put({ provisioningManagementState: 'Active' }, tenant)).body.error.code).toBe(
      'ProvisioningNeedsApproval',
    )
    const made = await put({ provisioningManagementState: 'Pending' }, tenant)
    expect([made.status, made.body.properties]).toMatchObject([
      201,
      { provisioningManagementState: 'Pending', billingManagementState: 'NotAllowed' },
    ])
    const first = requestOf(made.body.properties.provisioningBillingRequestId)
    const member = await world.identities.user(administrator, 'member', tenant)
    expect((await answer(member, first, 'Approved')).status).toBe(404)
    expect((await answer(administrator, first, 'Declined')).status).toBe(200)
    expect((await state()).provisioningManagementState).toBe('BillingRequestDeclined')

    const again = await put({ provisioningManagementState: 'Pending' }, tenant)
    const second = requestOf(again.body.properties.provisioningBillingRequestId)
    await cloud.clock.set('2026-11-20T00:00:00Z')
    expect((await state()).provisioningManagementState).toBe('BillingRequestExpired')
    expect((await answer(administrator, second, 'Approved')).body.error.code).toBe('BillingRequestExpired')
    const third = requestOf(
      (await put({ provisioningManagementState: 'Pending' }, tenant)).body.properties.provisioningBillingRequestId,
    )
    const listed = await administrator.client.get(`/providers/Microsoft.Billing/billingRequests?${v2024}`)
    expect(listed.body.value.map((one: { name: string }) => one.name)).toContain(third)
    expect((await answer(administrator, third, 'Approved')).status).toBe(200)
    expect((await state()).provisioningManagementState).toBe('Active')
    expect((await offer(administrator)).body.error.code).toBe('PrincipalNotInBillingTenant')
    expect(await reads(administrator)).toBe(false)
    expect((await put({ provisioningManagementState: 'Revoked' }, tenant)).status).toBe(200)
    expect((await state()).provisioningManagementState).toBe('Revoked')
  })

  test('OWN-13, SUB-4, SUB-18: it does not apply to subscriptions of resources, which an owner in the tenant accepts, provisioning or not', async () => {
    const { tenant, administrator } = await world.identities.workforce()
    const asked = await put({ provisioningManagementState: 'Pending' }, tenant)
    await answer(administrator, requestOf(asked.body.properties.provisioningBillingRequestId), 'Approved')
    const { body } = await a.owner.client.get(path(a, tenant))
    expect(body.properties.provisioningManagementState).toBe('Active')
    const inTenant = async (): Promise<string[]> => {
      const { rows } = await cloud.running.pool.query<{ subscription_id: string }>(
        'select subscription_id from subscription_directory where tenant_id = $1',
        [tenant.id],
      )
      return rows.map((row) => row.subscription_id)
    }
    const alias = () =>
      a.owner.client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
        properties: {
          displayName: 'x',
          workload: 'Production',
          billingScope: a.sectionId,
          additionalProperties: { subscriptionTenantId: tenant.id, subscriptionOwnerId: administrator.objectId },
        },
      })
    const refused = await alias()
    expect([refused.status, refused.body.error.code]).toEqual([400, 'UnsupportedProperty'])
    expect(refused.body.error.message).toMatch(/provisioning does not.*does not apply to subscriptions of resources/)
    // Nor does one that there is already change over without an account in both tenants.
    const existing = await world.subscription(a)
    const unmoved = await a.owner.client.put(
      `/subscriptions/${existing}/providers/Microsoft.Subscription/changeTenantRequest/default?api-version=2025-11-01-preview`,
      { properties: { destinationTenantId: tenant.id, destinationOwnerId: administrator.objectId } },
    )
    expect([unmoved.status, unmoved.body.error.code]).toEqual([403, 'CallerNotInTargetTenant'])

    const policy = `${a.accountId}/providers/Tenantry.Billing/creationPolicy/default?api-version=2026-11-01`
    const allowed = { properties: { creationInOtherTenants: 'Allowed' } }
    expect((await a.owner.client.put(policy, allowed)).status).toBe(200)
    const pending = await alias()
    expect([pending.status, pending.body.properties.acceptOwnershipState]).toEqual([201, 'Pending'])
    expect(await inTenant()).toEqual([])
    const accepted = await administrator.client.post(
      `/providers/Microsoft.Subscription/subscriptions/${pending.body.properties.subscriptionId}/acceptOwnership?api-version=2021-10-01`,
      { properties: { displayName: 'ours' } },
    )
    expect(accepted.status).toBe(202)
    expect(await inTenant()).toEqual([pending.body.properties.subscriptionId])
  })
})
