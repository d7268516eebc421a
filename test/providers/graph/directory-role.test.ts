import { afterAll, beforeAll, expect, test } from 'vitest'
import { period } from '../../../src/store/db.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
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

let cloud: TestCloud
let contoso: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
}, 60_000)
afterAll(() => cloud.stop())

const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
const reportsReader = '4a5d8f65-41da-4de4-8968-e035b65339cf'
const refusedRequest = { status: 400, body: { error: { code: 'Request_BadRequest' } } }
const absent = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }

test("ACC-6: the directory roles are there under Azure's ids", async () => {
  const roles = await contoso.administrator.get('/v1.0/directoryRoles')
  const templates = await contoso.administrator.get('/v1.0/directoryRoleTemplates')
  const ids = [
    billingAdministrator,
    directoryReaders,
    globalAdministrator,
    guestInviter,
    helpdeskAdministrator,
    reportsReader,
    userAdministrator,
  ].sort()
  const idsOf = (value: { id: string }[]): string[] => value.map((role) => role.id).sort()
  expect(idsOf(roles.body.value)).toEqual(ids)
  expect(idsOf(templates.body.value)).toEqual(ids)
  const activated = await contoso.administrator.post('/v1.0/directoryRoles', { roleTemplateId: userAdministrator })
  expect(activated).toMatchObject({ status: 201, body: { roleTemplateId: userAdministrator } })
  const unknown = { roleTemplateId: '99999999-aaaa-4aaa-8aaa-000000000000' }
  expect(await contoso.administrator.post('/v1.0/directoryRoles', unknown)).toMatchObject(refusedRequest)
})

test.each([
  ['its id', `directoryRoles/${directoryReaders}`],
  ['roleTemplateId=', `directoryRoles/roleTemplateId=${directoryReaders}`],
  ['the key form', `directoryRoles(roleTemplateId='${directoryReaders}')`],
])('ACC-6: a role named by %s is given, listed and taken back', async (_, role) => {
  const user = await contoso.newUser(`role-by-${role.length}`)
  const members = `/v1.0/${role}/members`
  expect((await contoso.administrator.post(`${members}/$ref`, reference(user.id))).status).toBe(204)
  expect(await contoso.administrator.post(`${members}/$ref`, reference(user.id))).toMatchObject(refusedRequest)
  expect((await contoso.administrator.get(members)).body.value).toMatchObject([{ id: user.id }])
  expect((await contoso.administrator.delete(`${members}/${user.id}/$ref`)).status).toBe(204)
  expect(await contoso.administrator.delete(`${members}/${user.id}/$ref`)).toMatchObject(absent)
})

test('ACC-6: only a Global administrator gives roles, and nobody gives one to themself', async () => {
  const member = await contoso.newUser('climber')
  const manager = await contoso.newUser('climbing-manager')
  await contoso.give(userAdministrator, manager.id)
  for (const { client, id } of [member, manager]) {
    const path = `/v1.0/directoryRoles/${globalAdministrator}/members/$ref`
    expect(await client.post(path, reference(id))).toMatchObject(denied)
    expect(await client.delete(`${path.replace('/$ref', '')}/${contoso.administratorId}/$ref`)).toMatchObject(denied)
  }
})

test('ACC-6: a role holds from the next request and its end does too', async () => {
  const user = await contoso.newUser('briefly')
  const rename = () => user.client.patch(`/v1.0/groups/${group}`, { displayName: 'renamed' })
  const made = await contoso.administrator.post('/v1.0/groups', {
    displayName: 'g',
    mailNickname: 'g',
    mailEnabled: false,
    securityEnabled: true,
  })
  const group = made.body.id as string
  expect(await rename()).toMatchObject(denied)
  await contoso.give(userAdministrator, user.id)
  expect((await rename()).status).toBe(204)
  await contoso.administrator.delete(`/v1.0/directoryRoles/${userAdministrator}/members/${user.id}/$ref`)
  expect(await rename()).toMatchObject(denied)
})

test('ACC-6: the last Global administrator keeps the role, even when two of them leave at once', async () => {
  const tenant = await newTenant(cloud, 'two-admins')
  const path = (id: string): string => `/v1.0/directoryRoles/${globalAdministrator}/members/${id}/$ref`
  expect(await tenant.administrator.delete(path(tenant.administratorId))).toMatchObject(refusedRequest)
  const second = await tenant.newUser('second')
  await tenant.give(globalAdministrator, second.id)
  const replies = await Promise.all([
    tenant.administrator.delete(path(second.id)),
    second.client.delete(path(tenant.administratorId)),
  ])
  expect(replies.map((reply) => reply.status).filter((status) => status === 204)).toHaveLength(1)
  const left = await cloud.running.db
    .selectFrom('directory_role_member')
    .select('principal_id')
    .where('tenant_id', '=', tenant.id)
    .where('role_template_id', '=', globalAdministrator)
    .execute()
  expect(left).toHaveLength(1)
})

test('ACC-6: an application acts with the directory roles of its service principal', async () => {
  const application = await contoso.administrator.post('/v1.0/applications', { displayName: 'automation' })
  const { id, appId } = application.body
  const principal = await contoso.administrator.post('/v1.0/servicePrincipals', { appId })
  const secret = await contoso.administrator.post(`/v1.0/applications/${id}/addPassword`, {})
  const automation = cloud.as(await cloud.applicationToken(contoso.id, appId, secret.body.secretText))
  expect(await automation.get('/v1.0/users')).toMatchObject(denied)
  await contoso.give(directoryReaders, principal.body.id)
  expect((await automation.get('/v1.0/users')).status).toBe(200)
  expect(await automation.get('/v1.0/me')).toMatchObject({ status: 400 })
})

test('ACC-1: a directory role gives nothing on resources, and a resource role nothing in the directory', async () => {
  const owner = await contoso.newUser('owner-of-subscription')
  const subscriptionId = '44444444-aaaa-4aaa-8aaa-000000000001'
  const scope = `/subscriptions/${subscriptionId}`
  const at = new Date('2026-03-01T09:00:00Z')
  const { db } = cloud.running
  await db
    .insertInto('subscription')
    .values({
      id: subscriptionId,
      display_name: 'Production',
      state: 'Active',
      offer: 'direct',
      created_at: at,
      created_by: owner.id,
    })
    .execute()
  await db
    .insertInto('subscription_directory')
    .values({ subscription_id: subscriptionId, during: period(at), tenant_id: contoso.id })
    .execute()
  await db
    .insertInto('role_assignment')
    .values({
      id: '44444444-aaaa-4aaa-8aaa-000000000002',
      tenant_id: contoso.id,
      scope,
      scope_key: scope,
      subscription_id: subscriptionId,
      role_definition_id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
      principal_id: owner.id,
      principal_type: 'User',
      created_at: at,
      created_by: owner.id,
      updated_at: at,
      updated_by: owner.id,
    })
    .execute()
  const assignments = `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  expect((await owner.client.get(assignments)).status).toBe(200)
  expect(await contoso.administrator.get(assignments)).toMatchObject({
    status: 403,
    body: { error: { code: 'AuthorizationFailed' } },
  })
  expect(await owner.client.patch(`/v1.0/users/${owner.id}`, { userType: 'Guest' })).toMatchObject(denied)
  expect(
    await owner.client.post(`/v1.0/directoryRoles/${globalAdministrator}/members/$ref`, reference(owner.id)),
  ).toMatchObject(denied)
})

test('organization and domains say what the tenant is; who may not read it sees its name only', async () => {
  const fans = await newTenant(cloud, 'fans', 'identity')
  expect((await contoso.administrator.get('/v1.0/organization')).body.value).toMatchObject([
    {
      id: contoso.id,
      displayName: 'contoso',
      tenantType: 'AAD',
      countryLetterCode: 'SE',
      verifiedDomains: [{ name: 'contoso.onmicrosoft.com', isInitial: true, isDefault: true }],
    },
  ])
  expect((await fans.administrator.get('/v1.0/organization')).body.value).toMatchObject([{ tenantType: 'AAD B2C' }])
  const guest = await contoso.newUser('visitor', { userType: 'Guest' })
  const seen = await guest.client.get(`/v1.0/organization/${contoso.id}`)
  expect(seen.body).toMatchObject({ displayName: 'contoso', tenantType: null, countryLetterCode: null })
  expect(await guest.client.get('/v1.0/domains')).toMatchObject(denied)
  const domain = await contoso.administrator.get('/v1.0/domains/CONTOSO.onmicrosoft.com')
  expect(domain).toMatchObject({ status: 200, body: { id: 'contoso.onmicrosoft.com', isVerified: true } })
  expect(await contoso.administrator.get('/v1.0/domains/fans.onmicrosoft.com')).toMatchObject(absent)
  expect(await contoso.administrator.get(`/v1.0/organization/${fans.id}`)).toMatchObject(absent)
})
