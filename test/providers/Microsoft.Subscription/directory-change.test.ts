import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles } from '../Microsoft.Authorization/access-fixture.ts'
import { IdentityCloud, linkPath, signIn } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let contoso: Company
let fabrikam: Company
/** Owner in Contoso, and the same person as an accepted guest of Fabrikam. */
let olga: Client
let guestId: string
/** The Fabrikam account that takes subscriptions over. */
let fiona: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  make = resourceFixture(cloud)
  contoso = await make.company()
  fabrikam = await make.company()
  olga = await make.client(contoso.tenantId, contoso.owner)
  const home = { tenantId: contoso.tenantId, objectId: contoso.owner }
  guestId = await make.user(fabrikam.tenantId, 'olga', { home, state: 'Accepted' })
  fiona = await make.client(fabrikam.tenantId, fabrikam.owner)
}, 60_000)
afterAll(() => cloud?.stop())

const preview = 'api-version=2025-11-01-preview'
const requestPath = (id: string) =>
  `/subscriptions/${id}/providers/Microsoft.Subscription/changeTenantRequest/default?${preview}`
const acceptPath = (id: string) => `/providers/Microsoft.Subscription/subscriptions/${id}/acceptChangeTenant?${preview}`
const statusPath = (id: string) => `/providers/Microsoft.Subscription/subscriptions/${id}/changeTenantStatus?${preview}`
const lossesPath = (id: string, form = '') =>
  `/subscriptions/${id}/providers/Tenantry.Directory/directoryChangeLosses/default${form}?api-version=2026-11-01`
const toFabrikam = (destinationOwnerId = fabrikam.owner) => ({
  properties: { destinationTenantId: fabrikam.tenantId, destinationOwnerId },
})

async function subscription(): Promise<string> {
  const reply = await olga.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
    properties: { displayName: 'Production', workload: 'Production', billingScope: contoso.sectionScope },
  })
  expect(reply.status).toBe(201)
  return reply.body.properties.subscriptionId as string
}

const rowsOf = async (query: string): Promise<unknown> => (await cloud.running.pool.query(query)).rows
const billing = async () =>
  JSON.stringify(
    await Promise.all(
      [
        'select * from billing_placement order by id',
        'select * from billing_account order by name',
        'select * from billing_profile order by name',
        'select * from invoice_section order by name',
        'select * from billing_role_assignment order by name',
      ].map(rowsOf),
    ),
    (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  )

describe('the change', () => {
  test('SUB-18, SUB-19, SUB-20: the named account accepts, what belonged to the old tenant is gone, and who pays stays to the byte', async () => {
    const id = await subscription()
    const scope = `/subscriptions/${id}`
    const other = await subscription()
    const group = await make.resourceGroup(id, 'kept')
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/secrets`
    const machine = `${group}/providers/Contoso.Compute/machines/one`
    await make.put(olga, vault, { location: 'westeurope', properties: { tenantId: contoso.tenantId } })
    await make.put(olga, machine, { location: 'westeurope', identity: { type: 'SystemAssigned' } })
    const rita = await make.user(contoso.tenantId, '=rita')
    await make.assign(contoso.tenantId, group, roles.reader, rita)
    const usage = await make.user(contoso.tenantId, 'reporter')
    await make.assign(contoso.tenantId, scope, roles.usagePublisher, usage)
    const role = (name: string, assignableScopes: string[]) =>
      olga.put(`${scope}/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}?api-version=2022-04-01`, {
        properties: { roleName: name, permissions: [{ actions: ['*/read'] }], assignableScopes },
      })
    const [own, shared] = [await role('Own', [scope]), await role('Shared', [scope, `/subscriptions/${other}`])]
    expect([own.status, shared.status]).toEqual([201, 201])
    const definition = `${scope}/providers/Microsoft.Authorization/policyDefinitions/none`
    const policyVersion = 'api-version=2023-04-01'
    const defined = await olga.put(`${definition}?${policyVersion}`, {
      properties: { policyRule: { if: { field: 'location', equals: 'mars' }, then: { effect: 'deny' } } },
    })
    expect(defined.status).toBe(201)
    const assignment = `${scope}/providers/Microsoft.Authorization/policyAssignments/none`
    const assigned = await olga.put(`${assignment}?${policyVersion}`, {
      properties: { policyDefinitionId: definition },
    })
    expect(assigned.status).toBe(201)

    const listed = await olga.get(lossesPath(id))
    expect(listed).toMatchObject({
      status: 200,
      body: {
        properties: {
          counts: {
            roleAssignment: 3,
            customRole: 2,
            policyAssignment: 1,
            policyDefinition: 1,
            subscriptionAlias: 1,
            managedIdentity: 1,
            vaultAccess: 1,
          },
        },
      },
    })
    const { losses } = listed.body.properties
    expect(losses).toContainEqual(
      expect.objectContaining({
        kind: 'roleAssignment',
        scope: group,
        content: expect.objectContaining({ principalId: rita, principalType: 'User', roleName: 'Reader' }),
      }),
    )
    const roleLosses = losses.filter((loss: { kind: string }) => loss.kind === 'customRole')
    expect(
      roleLosses
        .map((loss: { consequence: string; content: { roleName: string } }) => [
          loss.content.roleName,
          loss.consequence,
        ])
        .sort(),
    ).toEqual([
      ['Own', 'deleted'],
      ['Shared', 'narrowed'],
    ])
    expect(losses.find((loss: { kind: string }) => loss.kind === 'policyDefinition').content.policyRule).toEqual({
      if: { field: 'location', equals: 'mars' },
      then: { effect: 'deny' },
    })
    const table = await olga.get(lossesPath(id, '/csv'))
    expect(table.headers['content-type']).toContain('text/csv')
    const lines = (table.body as string).trimEnd().split('\r\n')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toBe('kind,consequence,scope,name,id,principalId,principalType,principalName,role,content')
    // What a spreadsheet would run as a formula comes as text.
    expect(table.body).toContain(",'=rita-")

    const request = await olga.put(requestPath(id), toFabrikam())
    expect(request).toMatchObject({
      status: 200,
      body: {
        id: `${scope}/providers/Microsoft.Subscription/changeTenantRequest/default`,
        name: 'default',
        properties: {
          status: 'Initialized',
          subscriptionId: id,
          sourceTenantId: contoso.tenantId,
          sourceOwnerId: contoso.owner,
          destinationTenantId: fabrikam.tenantId,
          destinationOwnerId: fabrikam.owner,
          createdDate: '2026-10-01T00:00:00.000Z',
          expiresOn: '2026-10-02T00:00:00.000Z',
          losses: listed.body.properties.counts,
        },
      },
    })
    // Asking changes nothing yet.
    expect((await olga.get(`${machine}?api-version=2021-04-01`)).status).toBe(200)
    expect((await fiona.get(`${machine}?api-version=2021-04-01`)).status).toBe(404)

    const before = await billing()
    expect((await fiona.post(acceptPath(id))).status).toBe(204)
    expect(await billing()).toBe(before)

    // From the next request on nobody of the old tenant has access, whatever role was held.
    for (const [client, path] of [
      [olga, `${machine}?api-version=2021-04-01`],
      [await make.client(contoso.tenantId, rita), `${group}?api-version=2021-04-01`],
    ] as const)
      expect(await client.get(path)).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
    const event = {
      specversion: '1.0',
      type: 'tenantry.usage.v1',
      source: '/meter',
      id: randomUUID(),
      time: '2026-10-01T00:00:00Z',
      subject: machine,
      data: { meterId: 'x', quantity: '1', usageStart: '2026-09-30T00:00:00Z', usageEnd: '2026-10-01T00:00:00Z' },
    }
    const told = await (await make.client(contoso.tenantId, usage)).post('/events', [event], {
      'content-type': 'application/cloudevents-batch+json',
    })
    expect(told.body[0]).toMatchObject({ status: 'rejected' })

    // In the new tenant the accepting account is the only one with a role; data and id are what they were.
    const seen = await fiona.get(`/subscriptions/${id}?api-version=2022-12-01`)
    expect(seen.body).toMatchObject({ subscriptionId: id, tenantId: fabrikam.tenantId, displayName: 'Production' })
    for (const kept of [machine, vault]) expect((await fiona.get(`${kept}?api-version=2021-04-01`)).status).toBe(200)
    const granted = await fiona.get(`${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`)
    expect(granted.body.value).toMatchObject([
      { properties: { principalId: fabrikam.owner, scope, roleDefinitionId: expect.stringContaining(roles.owner) } },
    ])
    for (const lost of [definition, assignment]) expect((await fiona.get(`${lost}?${policyVersion}`)).status).toBe(404)
    const names = await cloud.running.db
      .selectFrom('role_definition')
      .select(['role_name', 'assignable_scopes'])
      .where('tenant_id', '=', contoso.tenantId)
      .execute()
    expect(names).toEqual([{ role_name: 'Shared', assignable_scopes: [`/subscriptions/${other}`] }])
    const aliases = await olga.get('/providers/Microsoft.Subscription/aliases?api-version=2021-10-01')
    expect(
      aliases.body.value.map((alias: { properties: { subscriptionId: string } }) => alias.properties.subscriptionId),
    ).not.toContain(id)

    expect((await fiona.post(statusPath(id))).body).toMatchObject({
      status: 'Completed',
      acceptedDate: '2026-10-01T00:00:00.000Z',
    })
    expect(await fiona.post(acceptPath(id))).toMatchObject({
      status: 409,
      body: { error: { code: 'DirectoryChangeNotPending' } },
    })
    const audit = await cloud.running.db
      .selectFrom('audit_record')
      .select(['tenant_id', 'principal_id', 'action', 'before', 'after'])
      .where('scope', '=', scope)
      .where('action', 'like', '%hangeTenant%')
      .orderBy('sequence')
      .execute()
    expect(audit).toMatchObject([
      {
        tenant_id: contoso.tenantId,
        principal_id: contoso.owner,
        after: { tenantId: fabrikam.tenantId, acceptedBy: fabrikam.owner },
      },
      {
        tenant_id: fabrikam.tenantId,
        principal_id: fabrikam.owner,
        action: 'Microsoft.Subscription/acceptChangeTenant/action',
        before: { tenantId: contoso.tenantId },
        after: { tenantId: fabrikam.tenantId, owner: fabrikam.owner },
      },
    ])
    const history = await rowsOf(
      `select tenant_id, lower(during) as "from", upper(during) as "to" from subscription_directory where subscription_id = '${id}'`,
    )
    // The clock stands still, so the first period held for nothing and was replaced.
    expect(history).toEqual([{ tenant_id: fabrikam.tenantId, from: new Date('2026-10-01T00:00:00Z'), to: null }])
  })

  test('SUB-19, MAU-28: an identity link stays linked and metered, and moves in the new tenant, not back to the old one', async () => {
    const world = new IdentityCloud(cloud)
    const { tenant: source, administrator: adam } = await world.workforce()
    const { tenant: target, administrator: tina } = await world.workforce()
    await make.user(target.id, 'adam', { home: adam, state: 'Accepted' })
    const id = await world.subscription(source, adam)
    const [there, left] = [await world.subscription(target, tina), await world.subscription(source, adam)]
    const identity = await world.identity(adam)
    const link = linkPath(id, identity.domain)
    const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }
    expect((await adam.client.put(`${link}?api-version=2021-04-01`, bare)).status).toBe(201)
    const reporter = await world.reporter(identity.inside)
    await signIn(reporter, identity.id, ['a', 'b'], '2026-10-01T00:00:00Z')
    const links = () => rowsOf('select * from identity_link order by link_id')
    const before = await links()
    const body = { properties: { destinationTenantId: target.id, destinationOwnerId: tina.userPrincipalName } }
    expect((await adam.client.put(requestPath(id), body)).status).toBe(200)
    expect((await tina.client.post(acceptPath(id))).status).toBe(204)
    expect(await links()).toEqual(before)
    await signIn(reporter, identity.id, ['b', 'c'], '2026-10-01T00:00:00.001Z')
    const counted = await identity.inside.client.get(
      `/providers/Tenantry.Metering/tenants/${identity.id}/monthlyActiveUsers/2026-10?api-version=2026-11-01`,
    )
    expect(counted.body.properties).toMatchObject({ monthlyActiveUsers: 3 })
    const move = (targetSubscription: string) =>
      tina.client.post(`/subscriptions/${id}/resourceGroups/identity/moveResources?api-version=2021-04-01`, {
        resources: [link],
        targetResourceGroup: `/subscriptions/${targetSubscription}/resourceGroups/identity`,
      })
    expect(await move(left)).toMatchObject({
      status: 403,
      body: { error: { details: [{ code: 'CrossTenantMoveNotSupported' }] } },
    })
    expect((await tina.client.finish(await move(there))).status).toBe(204)
  })

  test('SUB-1, SUB-19: there and back again leaves one tenant at each instant, and brings no role back', async () => {
    const id = await subscription()
    const rita = await make.user(contoso.tenantId, 'rita')
    await make.assign(contoso.tenantId, `/subscriptions/${id}`, roles.reader, rita)
    const back = { properties: { destinationTenantId: contoso.tenantId, destinationOwnerId: contoso.owner } }
    // The way back needs the person who is at home in both.
    await olga.put(requestPath(id), toFabrikam(guestId))
    const guest = await make.client(fabrikam.tenantId, guestId)
    expect((await guest.post(acceptPath(id))).status).toBe(204)
    await cloud.clock.set('2026-10-03T00:00:00Z')
    expect((await guest.put(requestPath(id), back)).status).toBe(200)
    expect((await olga.post(acceptPath(id))).status).toBe(204)
    expect((await guest.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(404)
    const holders = await rowsOf(`select principal_id from role_assignment where subscription_id = '${id}'`)
    expect(holders).toEqual([{ principal_id: contoso.owner }])
    const history = await rowsOf(
      `select tenant_id, upper(during) as "to" from subscription_directory where subscription_id = '${id}' order by during`,
    )
    expect(history).toEqual([
      { tenant_id: fabrikam.tenantId, to: new Date('2026-10-03T00:00:00Z') },
      { tenant_id: contoso.tenantId, to: null },
    ])
  })
})

describe('the request', () => {
  test('SUB-18: only an Owner asks; Contributor and User access administrator are refused, a stranger hears of nothing', async () => {
    const id = await subscription()
    for (const role of [roles.contributor, roles.userAccessAdministrator, roles.reader]) {
      const user = await make.user(contoso.tenantId, 'carl')
      await make.assign(contoso.tenantId, `/subscriptions/${id}`, role, user)
      const carl = await make.client(contoso.tenantId, user)
      for (const reply of [
        await carl.put(requestPath(id), toFabrikam()),
        await carl.delete(requestPath(id)),
        await carl.get(lossesPath(id)),
        await carl.get(lossesPath(id, '/csv')),
      ])
        expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    }
    for (const reply of [
      await fiona.put(requestPath(id), toFabrikam()),
      await fiona.post(acceptPath(id)),
      await fiona.post(statusPath(id)),
      await fiona.get(lossesPath(id)),
    ])
      expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
  })

  test('SUB-18: who has no account in the target tenant, or has not accepted its invitation, is refused as for an unknown tenant', async () => {
    const id = await subscription()
    const [stranger, inviting] = [await make.company(), await make.company()]
    const home = { tenantId: contoso.tenantId, objectId: contoso.owner }
    await make.user(inviting.tenantId, 'olga', { home, state: 'PendingAcceptance' })
    for (const destinationTenantId of [stranger.tenantId, inviting.tenantId, randomUUID()]) {
      const reply = await olga.put(requestPath(id), {
        properties: { destinationTenantId, destinationOwnerId: stranger.owner },
      })
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'CallerNotInTargetTenant' } } })
      expect(reply.body.error.message).toContain('accept it')
    }
  })

  test('SUB-18: the owner to be is a member or an accepted guest of the target tenant, by id or by e-mail address', async () => {
    const id = await subscription()
    const home = { tenantId: contoso.tenantId, objectId: await make.user(contoso.tenantId, 'nils') }
    const pending = await make.user(fabrikam.tenantId, 'nils', { home, state: 'PendingAcceptance' })
    const group = await make.group(fabrikam.tenantId)
    for (const wrong of [pending, group, contoso.owner, randomUUID(), 'nobody@fabrikam.example'])
      expect(await olga.put(requestPath(id), toFabrikam(wrong))).toMatchObject({
        status: 400,
        body: { error: { code: 'DestinationOwnerNotFound', target: 'properties.destinationOwnerId' } },
      })
    const { user_principal_name: name } = await cloud.running.db
      .selectFrom('user_account')
      .select('user_principal_name')
      .where('id', '=', fabrikam.owner)
      .executeTakeFirstOrThrow()
    const reply = await olga.put(requestPath(id), toFabrikam(name.toUpperCase()))
    expect(reply.body.properties.destinationOwnerId).toBe(fabrikam.owner)
    await olga.delete(requestPath(id))
  })

  test('SUB-18: a subscription changes neither to its own tenant nor to an identity tenant, and not while it is disabled', async () => {
    const id = await subscription()
    const identity = await make.tenant()
    await cloud.running.db.updateTable('tenant').set({ kind: 'identity' }).where('id', '=', identity).execute()
    const home = { tenantId: contoso.tenantId, objectId: contoso.owner }
    const inside = await make.user(identity, 'olga', { home, state: 'Accepted' })
    const put = (destinationTenantId: string, destinationOwnerId: string) =>
      olga.put(requestPath(id), { properties: { destinationTenantId, destinationOwnerId } })
    expect((await put(contoso.tenantId, contoso.owner)).body.error.code).toBe('SubscriptionAlreadyInDirectory')
    expect((await put(identity, inside)).body.error.code).toBe('DestinationTenantNotSupported')
    await make.setState(id, 'Disabled')
    expect((await put(fabrikam.tenantId, fabrikam.owner)).body.error.code).toBe('ReadOnlyDisabledSubscription')
  })

  test.each(['partner', 'sharedServices'] as const)(
    'SUB-21: a subscription of kind %s stays where it is, also when it becomes one after the request',
    async (offer) => {
      const id = await subscription()
      const become = (kind: 'direct' | 'partner' | 'sharedServices') =>
        cloud.running.db.updateTable('subscription').set({ offer: kind }).where('id', '=', id).execute()
      await become(offer)
      const refused = { status: 409, body: { error: { code: 'DirectoryChangeNotSupportedForPartnerSubscription' } } }
      expect(await olga.put(requestPath(id), toFabrikam())).toMatchObject(refused)
      await become('direct')
      expect((await olga.put(requestPath(id), toFabrikam())).status).toBe(200)
      await become(offer)
      expect(await fiona.post(acceptPath(id))).toMatchObject(refused)
    },
  )

  test('the same request again is the open one; another destination takes its place; withdrawn it is gone', async () => {
    const id = await subscription()
    const first = await olga.put(requestPath(id), toFabrikam())
    expect(await olga.put(requestPath(id), toFabrikam())).toMatchObject({ status: 200, body: first.body })
    expect((await olga.put(requestPath(id), toFabrikam(guestId))).status).toBe(200)
    expect((await fiona.post(statusPath(id))).body.status).toBe('Canceled')
    expect(await fiona.post(acceptPath(id))).toMatchObject({
      status: 409,
      body: { error: { code: 'DirectoryChangeNotPending' } },
    })
    const list = `/subscriptions/${id}/providers/Microsoft.Subscription/changeTenantRequest?${preview}`
    expect((await olga.get(list)).body.value).toMatchObject([{ properties: { destinationOwnerId: guestId } }])
    expect((await olga.delete(requestPath(id))).status).toBe(200)
    expect((await olga.delete(requestPath(id))).status).toBe(200)
    expect(await olga.get(requestPath(id))).toMatchObject({
      status: 404,
      body: { error: { code: 'DirectoryChangeNotFound' } },
    })
    expect((await olga.get(list)).body.value).toEqual([])
    const guest = await make.client(fabrikam.tenantId, guestId)
    expect((await guest.post(acceptPath(id))).status).toBe(409)
  })

  test('SUB-18: acceptance takes a token of the target tenant', async () => {
    const id = await subscription()
    await olga.put(requestPath(id), toFabrikam(guestId))
    expect(await olga.post(acceptPath(id))).toMatchObject({
      status: 403,
      body: { error: { details: [{ code: 'SignInToDestinationTenant' }] } },
    })
    expect((await (await make.client(fabrikam.tenantId, guestId)).post(acceptPath(id))).status).toBe(204)
  })

  test('SUB-18: who asked must be Owner still when it is accepted', async () => {
    const id = await subscription()
    await make.assign(contoso.tenantId, `/subscriptions/${id}`, roles.owner, await make.user(contoso.tenantId, 'ove'))
    await olga.put(requestPath(id), toFabrikam())
    await cloud.running.db
      .deleteFrom('role_assignment')
      .where('subscription_id', '=', id)
      .where('principal_id', '=', contoso.owner)
      .execute()
    expect(await fiona.post(acceptPath(id))).toMatchObject({
      status: 409,
      body: { error: { code: 'DirectoryChangeRequesterNotEntitled' } },
    })
  })

  test('two acceptances at once: one takes the subscription', async () => {
    const id = await subscription()
    await olga.put(requestPath(id), toFabrikam())
    const replies = await Promise.all([1, 2, 3].map(() => fiona.post(acceptPath(id))))
    expect(replies.map((reply) => reply.status).sort()).toEqual([204, 409, 409])
  })

  test('SUB-18: 24 hours after it was made the request has expired, and not a moment before', async () => {
    const [early, late] = [await subscription(), await subscription()]
    await cloud.clock.set('2026-10-05T12:00:00Z')
    for (const id of [early, late]) await olga.put(requestPath(id), toFabrikam())
    await cloud.clock.set('2026-10-06T11:59:59.999Z')
    expect((await fiona.post(acceptPath(early))).status).toBe(204)
    await cloud.clock.set('2026-10-06T12:00:00Z')
    expect(await fiona.post(acceptPath(late))).toMatchObject({
      status: 409,
      body: { error: { code: 'DirectoryChangeExpired' } },
    })
    expect((await olga.get(requestPath(late))).body.properties.status).toBe('Expired')
    expect((await fiona.post(statusPath(late))).body.status).toBe('Expired')
    expect((await olga.put(requestPath(late), toFabrikam())).body.properties).toMatchObject({
      status: 'Initialized',
      expiresOn: '2026-10-07T12:00:00.000Z',
    })
  })
})
