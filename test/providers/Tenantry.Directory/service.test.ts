import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, buildWorld, type World } from '../../http/world.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'

let cloud: TestCloud
let world: World
let tenantId: string
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  world = await buildWorld(cloud)
  tenantId = world.parameters.tenant ?? ''
}, 60_000)
afterAll(() => cloud.stop())

const define = (client: Client, name: string, portalUrl: string) =>
  client.put(`/providers/Tenantry.Directory/services/${name}?${api}`, {
    properties: { displayName: `The ${name}`, portalUrl },
  })
const servicePath = (name: string, tenant = tenantId) =>
  `/providers/Tenantry.Directory/tenants/${tenant}/services/${name}?${api}`
async function listed(client: Client, tenant = tenantId): Promise<[string, string, string][]> {
  const reply = await client.get(`/providers/Tenantry.Directory/tenants/${tenant}/services?${api}`)
  expect(reply.status).toBe(200)
  return reply.body.value.map(({ name, properties }: { name: string; properties: Record<string, string> }) => [
    name,
    properties.portalUrl,
    properties.enabledDateTime,
  ])
}
const at = '2026-03-01T09:00:00.000Z'
const portal = (name: string): [string, string, string] => [name, `${cloud.baseUrl}/portal/${name}`, at]

test('TEN-24: a tenant lists the services enabled in it with name, portal and since when', async () => {
  expect(await listed(world.owner)).toEqual([portal('directory'), portal('subscriptions'), portal('billing')])
  expect(await listed(cloud.operator, world.parameters.tenantId)).toEqual([portal('directory'), portal('identity')])

  expect((await define(cloud.operator, 'mail', 'https://mail.example/portal')).status).toBe(201)
  expect((await define(cloud.operator, 'mail', 'https://mail.example')).status).toBe(200)
  expect((await define(cloud.operator, 'billing', 'https://mail.example')).status).toBe(409)
  expect((await define(cloud.operator, 'plain', 'http://mail.example')).status).toBe(400)
  const offered = await world.member.get(`/providers/Tenantry.Directory/services?${api}`)
  expect(offered.body.value.map(({ name }: { name: string }) => name)).toEqual(['mail'])

  await cloud.clock.set('2026-03-02T09:00:00Z')
  expect((await world.owner.put(servicePath('mail'))).status).toBe(201)
  expect((await world.owner.put(servicePath('mail'))).status).toBe(200)
  expect((await world.owner.put(servicePath('unknown'))).body.error.code).toBe('ServiceNotFound')
  const mail: [string, string, string] = ['mail', 'https://mail.example', '2026-03-02T09:00:00.000Z']
  expect((await listed(world.member)).at(-1)).toEqual(mail)
  const organization = await world.owner.get('/v1.0/organization')
  expect(organization.body.value[0].assignedPlans).toContainEqual({
    assignedDateTime: '2026-03-02T09:00:00.000Z',
    capabilityStatus: 'Enabled',
    service: 'mail',
    servicePlanId: offered.body.value[0].properties.servicePlanId,
  })

  await cloud.clock.set('2026-03-03T09:00:00Z')
  expect((await world.owner.delete(servicePath('mail'))).status).toBe(204)
  expect((await world.owner.delete(servicePath('mail'))).status).toBe(404)
  expect(await listed(world.owner)).toHaveLength(3)
  await cloud.clock.set('2026-03-04T09:00:00Z')
  expect((await world.owner.put(servicePath('mail'))).status).toBe(201)
  expect((await listed(world.owner)).at(-1)?.[2]).toBe('2026-03-04T09:00:00.000Z')
})

test('TEN-6: all services share the one set of accounts and groups: enabling one makes nobody twice', async () => {
  const people = async () => (await world.owner.get('/v1.0/users?$select=id,userPrincipalName')).body.value
  const principals = async () =>
    (await cloud.running.pool.query('select id, kind from principal where tenant_id = $1 order by id', [tenantId])).rows
  const [before, rowsBefore] = [await people(), await principals()]
  for (const name of ['chat', 'files']) {
    await define(cloud.operator, name, `https://${name}.example`)
    expect((await world.owner.put(servicePath(name))).status).toBe(201)
  }
  expect(await people()).toEqual(before)
  expect(await principals()).toEqual(rowsBefore)
  expect((await world.owner.delete(servicePath('chat'))).status).toBe(204)
  expect(await people()).toEqual(before)
})

test('TEN-24: only a Global administrator and the operator enable, and nobody elsewhere reads the list', async () => {
  await define(cloud.operator, 'notes', 'https://notes.example')
  expect((await world.member.put(servicePath('notes'))).status).toBe(403)
  expect((await world.member.delete(servicePath('files'))).status).toBe(403)
  expect((await world.stranger.put(servicePath('notes'))).status).toBe(404)
  expect((await world.stranger.get(`/providers/Tenantry.Directory/tenants/${tenantId}/services?${api}`)).status).toBe(
    404,
  )
  expect((await define(world.owner, 'mine', 'https://mine.example')).status).toBe(403)
  expect((await cloud.operator.put(servicePath('notes'))).status).toBe(201)
})
