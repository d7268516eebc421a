import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, type NewTenant, newTenant, reference } from './new-tenant.ts'

let cloud: TestCloud
let contoso: NewTenant
let synchroniser: Client
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  const { administrator } = contoso
  const application = (await administrator.post('/v1.0/applications', { displayName: 'Synchroniser' })).body
  const principal = (await administrator.post('/v1.0/servicePrincipals', { appId: application.appId })).body
  await contoso.give(globalAdministrator, principal.id)
  const secret = (await administrator.post(`/v1.0/applications/${application.id}/addPassword`, {})).body.secretText
  synchroniser = cloud.as(await cloud.applicationToken(contoso.id, application.appId, secret))
}, 60_000)
afterAll(() => cloud.stop())

const refused = { status: 400, body: { error: { code: 'Request_BadRequest' } } }
const wanted = {
  displayName: 'From elsewhere',
  mailNickname: 'elsewhere',
  mailEnabled: false,
  securityEnabled: true,
  onPremisesSyncEnabled: true,
}

test('TEN-21: a group that another directory masters takes members and groups, and no guests', async () => {
  const made = await synchroniser.post('/v1.0/groups', wanted)
  expect(made).toMatchObject({ status: 201, body: { onPremisesSyncEnabled: true } })
  const members = `/v1.0/groups/${made.body.id}/members/$ref`
  const member = await contoso.newUser('member')
  const guest = await contoso.newUser('guest', { userType: 'Guest' })
  expect((await synchroniser.post(members, reference(member.id))).status).toBe(204)
  const refusal = await synchroniser.post(members, reference(guest.id))
  expect(refusal).toMatchObject(refused)
  expect(refusal.body.error.message).toContain('guest')
  const bind = { 'members@odata.bind': [reference(guest.id)['@odata.id']] }
  expect(await synchroniser.patch(`/v1.0/groups/${made.body.id}`, bind)).toMatchObject(refused)
  expect(await synchroniser.post('/v1.0/groups', { ...wanted, ...bind })).toMatchObject(refused)
  const own = await contoso.administrator.post('/v1.0/groups', { ...wanted, onPremisesSyncEnabled: undefined })
  expect(
    (await contoso.administrator.post(`/v1.0/groups/${own.body.id}/members/$ref`, reference(guest.id))).status,
  ).toBe(204)
  expect((await synchroniser.get(`/v1.0/groups/${made.body.id}/members`)).body.value).toMatchObject([{ id: member.id }])
})

test('TEN-21: nobody in such a group becomes a guest', async () => {
  const group = (await synchroniser.post('/v1.0/groups', wanted)).body
  const { id } = await contoso.newUser('turning')
  const members = `/v1.0/groups/${group.id}/members`
  expect((await synchroniser.post(`${members}/$ref`, reference(id))).status).toBe(204)
  const become = () => contoso.administrator.patch(`/v1.0/users/${id}`, { userType: 'Guest' })
  const refusal = await become()
  expect(refusal).toMatchObject(refused)
  expect(refusal.body.error.message).toContain("'From elsewhere'")
  expect((await synchroniser.delete(`${members}/${id}/$ref`)).status).toBe(204)
  expect((await become()).status).toBe(204)
})

test('TEN-21: it is changed where it is kept: people neither make, change, fill nor delete one, owners included', async () => {
  expect(await contoso.administrator.post('/v1.0/groups', wanted)).toMatchObject(refused)
  const group = `/v1.0/groups/${(await synchroniser.post('/v1.0/groups', wanted)).body.id}`
  const owner = await contoso.newUser('owner')
  expect((await synchroniser.post(`${group}/owners/$ref`, reference(owner.id))).status).toBe(204)
  for (const { client } of [owner, { client: contoso.administrator }])
    expect(await client.post(`${group}/members/$ref`, reference(owner.id))).toMatchObject(refused)
  expect(await contoso.administrator.patch(group, { displayName: 'Mine' })).toMatchObject(refused)
  expect(await contoso.administrator.delete(group)).toMatchObject(refused)
  expect((await synchroniser.patch(group, { displayName: 'Renamed elsewhere' })).status).toBe(204)
  expect((await synchroniser.delete(group)).status).toBe(204)
})
