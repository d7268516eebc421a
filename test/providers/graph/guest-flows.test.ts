import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { linkPath, version } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { billing, BillingWorld } from '../Tenantry.Billing/billing-world.ts'
import { accept } from './guest-world.ts'
import { globalAdministrator, reference } from './new-tenant.ts'

let cloud: TestCloud
let world: BillingWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2020-01-10T00:00:00Z' })
  world = new BillingWorld(cloud)
})
afterAll(() => cloud?.stop())

const billingAccountReader = '50000000-aaaa-bbbb-cccc-100000000002'
const invitationTo = (address: string) => ({
  invitedUserEmailAddress: address,
  inviteRedirectUrl: 'https://portal.example.com/',
})

test('F0, TEN-10, TEN-14: invite, accept, give a billing role: only then does the guest see the billing account', async () => {
  const contoso = await world.customer()
  const { administrator: outsider } = await world.identities.workforce()
  const owner = contoso.owner.client
  const accounts = async (client = outsider.client): Promise<string[]> =>
    (await client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)).body.value.map(
      ({ name }: { name: string }) => name,
    )
  const grant = (principalId: string) =>
    owner.post(`${contoso.accountId}/createBillingRoleAssignment?api-version=2024-04-01`, {
      principalId,
      roleDefinitionId: `${contoso.accountId}/billingRoleDefinitions/${billingAccountReader}`,
    })

  expect((await grant(outsider.objectId)).body.error.code).toBe('PrincipalNotInBillingTenant')
  const invited = await owner.post('/v1.0/invitations', invitationTo(outsider.userPrincipalName))
  expect(invited.headers.warning).toContain('not only to its billing account')
  const guestId: string = invited.body.invitedUser.id
  expect((await grant(guestId)).body.error.code).toBe('InvitationNotAccepted')
  expect(await accounts()).toEqual([])

  // A row that was there before the invitation was accepted gives nothing either.
  const pendingRole = await cloud.running.pool.query(
    `insert into billing_role_assignment (name, billing_account_name, scope, scope_key, role_definition_name,
       principal_tenant_id, principal_id, created_at, created_by)
     values ($1, $2, $3, lower($3), $4, $5, $6, '2020-01-10', $6) returning name`,
    [randomUUID(), contoso.account, contoso.accountId, billingAccountReader, contoso.tenant.id, guestId],
  )
  expect(await accounts()).toEqual([])
  expect((await outsider.client.get(`${contoso.accountId}?${billing}`)).status).toBe(404)
  await cloud.running.pool.query('delete from billing_role_assignment where name = $1', [pendingRole.rows[0].name])

  expect((await accept(outsider.client, invited)).status).toBe(200)
  const guest = cloud.as(await cloud.userToken(contoso.tenant.id, guestId))
  expect(await accounts(guest)).toEqual([])
  const refused = await guest.get(`${contoso.accountId}?${billing}`)
  expect(refused).toMatchObject({ status: 403 })

  expect((await grant(guestId)).status).toBe(200)
  expect(await accounts(guest)).toEqual([contoso.account])
  expect((await guest.get(`${contoso.accountId}?${billing}`)).status).toBe(200)
  // What the guest pays or is given here is nothing to the tenant at home, and the other way round.
  expect((await guest.get(`/v1.0/users/${contoso.owner.objectId}`)).status).toBe(403)
})

test('F1, MAU-31: an identity tenant goes to a subscription of another tenant by a guest who administers it', async () => {
  const { tenant: contoso, administrator: owner } = await world.identities.workforce()
  const { tenant: fabrikam, administrator: destination } = await world.identities.workforce()
  const source = await world.identities.subscription(contoso, owner)
  const target = await world.identities.subscription(fabrikam, destination)
  const identity = await world.identities.identity(owner)
  const at = (subscription: string) => `${linkPath(subscription, identity.domain)}?${version}`
  const link = {
    location: 'Europe',
    sku: { name: 'PremiumP1', tier: 'A0' },
    properties: { tenantId: identity.id },
  }
  expect((await owner.client.put(at(source), link)).status).toBeLessThan(300)
  const warnings = async (): Promise<string[]> =>
    (
      await owner.client.get(
        `${linkPath(source, identity.domain)}/providers/Tenantry.Metering/unlinkWarnings?api-version=2026-11-01`,
      )
    ).body.value.map(({ code }: { code: string }) => code)
  expect(await warnings()).toContain('NoDestinationAdministrator')

  // (a) The person is invited into the identity tenant and made its Global administrator, and accepts.
  const invited = await identity.inside.client.post('/v1.0/invitations', invitationTo(destination.userPrincipalName))
  expect(invited.status).toBe(201)
  const given = await identity.inside.client.post(
    `/v1.0/directoryRoles/${globalAdministrator}/members/$ref`,
    reference(invited.body.invitedUser.id),
  )
  expect(given.status).toBe(204)
  expect(await warnings()).toContain('NoDestinationAdministrator')
  expect((await destination.client.put(at(target), link)).status).toBeGreaterThanOrEqual(400)
  expect((await accept(destination.client, invited)).status).toBe(200)
  expect(await warnings()).not.toContain('NoDestinationAdministrator')

  // (b) The link is deleted in the source subscription, by who may there.
  expect((await owner.client.delete(at(source))).status).toBe(200)
  // (c), (d) The person works in the destination's directory and creates the link there.
  expect((await destination.client.put(at(target), link)).status).toBeLessThan(300)
  expect((await destination.client.get(at(target))).body.properties.tenantId).toBe(identity.id)
  expect((await owner.client.get(at(source))).status).toBe(404)
})
