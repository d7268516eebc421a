import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { meteringEventsWrite, meteringResource } from '../../../src/domain/directory/app-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, type NewTenant, newTenant } from './new-tenant.ts'

let cloud: TestCloud
let contoso: NewTenant
let fabrikam: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  fabrikam = await newTenant(cloud, 'fabrikam', 'identity')
}, 60_000)
afterAll(() => cloud.stop())

const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
const refusedRequest = { status: 400, body: { error: { code: 'Request_BadRequest' } } }
const absent = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }

async function newApplication(tenant: NewTenant, displayName: string, properties: Record<string, unknown> = {}) {
  const application = await tenant.administrator.post('/v1.0/applications', { displayName, ...properties })
  const { id, appId } = application.body
  const principal = await tenant.administrator.post('/v1.0/servicePrincipals', { appId })
  const added = await tenant.administrator.post(`/v1.0/applications/${id}/addPassword`, {
    passwordCredential: { displayName: 'first' },
  })
  expect([application.status, principal.status, added.status]).toEqual([201, 201, 200])
  return {
    id,
    appId,
    principalId: principal.body.id,
    secretText: added.body.secretText as string,
    keyId: added.body.keyId as string,
  }
}

describe('client secrets', () => {
  test('a secret is shown once, kept only as a hash, and lists by its hint', async () => {
    const { id, secretText, keyId } = await newApplication(contoso, 'shown-once')
    const read = await contoso.administrator.get(`/v1.0/applications/${id}`)
    expect(read.body.passwordCredentials).toEqual([
      {
        customKeyIdentifier: null,
        displayName: 'first',
        keyId,
        hint: secretText.slice(0, 3),
        secretText: null,
        startDateTime: '2026-03-01T09:00:00.000Z',
        endDateTime: '2028-03-01T09:00:00.000Z',
      },
    ])
    const repeatable = { 'x-ms-client-request-id': '55555555-aaaa-4aaa-8aaa-000000000001' }
    const added = await contoso.administrator.post(`/v1.0/applications/${id}/addPassword`, {}, repeatable)
    expect(added.status).toBe(200)
    const answers = await cloud.running.db.selectFrom('idempotency_record').selectAll().execute()
    const kept = await cloud.running.db.selectFrom('application_password').selectAll().execute()
    const audit = await cloud.running.db.selectFrom('audit_record').selectAll().execute()
    const text = JSON.stringify([kept, audit, answers], (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    expect(text).not.toContain(secretText)
    expect(text).not.toContain(added.body.secretText)
  })

  test('a removed secret signs nobody in, and the others still do', async () => {
    const { id, appId, secretText, keyId } = await newApplication(contoso, 'rotating')
    const second = await contoso.administrator.post(`/v1.0/applications/${id}/addPassword`)
    expect(second.status).toBe(200)
    await cloud.applicationToken(contoso.id, appId, secretText)
    expect((await contoso.administrator.post(`/v1.0/applications/${id}/removePassword`, { keyId })).status).toBe(204)
    await expect(cloud.applicationToken(contoso.id, appId, secretText)).rejects.toThrow('7000215')
    await cloud.applicationToken(contoso.id, appId, second.body.secretText)
    expect(await contoso.administrator.post(`/v1.0/applications/${id}/removePassword`, { keyId })).toMatchObject(absent)
  })

  test('a secret that would be over before it begins is refused', async () => {
    const { id } = await newApplication(contoso, 'too-late')
    const reply = await contoso.administrator.post(`/v1.0/applications/${id}/addPassword`, {
      passwordCredential: { endDateTime: '2026-02-01T00:00:00Z' },
    })
    expect(reply).toMatchObject(refusedRequest)
  })
})

describe('who may', () => {
  test('TEN-25: a member registers an application and keeps up their own, and nobody else does without a role', async () => {
    const member = await contoso.newUser('developer')
    const other = await contoso.newUser('other')
    const registered = await member.client.post('/v1.0/applications', { displayName: 'tool' })
    expect(registered.status).toBe(201)
    const path = `/v1.0/applications/${registered.body.id}`
    expect((await member.client.post(`${path}/addPassword`, {})).status).toBe(200)
    expect((await member.client.post('/v1.0/servicePrincipals', { appId: registered.body.appId })).status).toBe(201)
    expect((await member.client.patch(path, { displayName: 'renamed' })).status).toBe(204)
    expect(await other.client.post(`${path}/addPassword`, {})).toMatchObject(denied)
    expect(await other.client.patch(path, { displayName: 'stolen' })).toMatchObject(denied)
    expect(await other.client.delete(path)).toMatchObject(denied)
    expect((await other.client.get(path)).body.displayName).toBe('renamed')
    const guest = await contoso.newUser('passing-by', { userType: 'Guest' })
    expect(await guest.client.post('/v1.0/applications', { displayName: 'x' })).toMatchObject(denied)
  })

  test('TEN-25: an owner cannot become an administrator through their application', async () => {
    const member = await contoso.newUser('patient')
    const registered = await member.client.post('/v1.0/applications', { displayName: 'trusted later' })
    const principal = await member.client.post('/v1.0/servicePrincipals', { appId: registered.body.appId })
    await contoso.give(globalAdministrator, principal.body.id)
    expect(await member.client.post(`/v1.0/applications/${registered.body.id}/addPassword`, {})).toMatchObject(denied)
  })
})

describe('service principals', () => {
  test("TEN-2: an application enters another tenant only by that tenant's own consent", async () => {
    const { appId, secretText } = await newApplication(contoso, 'multi-tenant')
    await expect(cloud.applicationToken(fabrikam.id, appId, secretText)).rejects.toThrow('no token')
    const member = await fabrikam.newUser('member')
    expect(await member.client.post('/v1.0/servicePrincipals', { appId })).toMatchObject(denied)
    const consented = await fabrikam.administrator.post('/v1.0/servicePrincipals', { appId })
    expect(consented).toMatchObject({ status: 201, body: { appId, appOwnerOrganizationId: contoso.id } })
    const inFabrikam = cloud.as(await cloud.applicationToken(fabrikam.id, appId, secretText))
    expect(await inFabrikam.get('/v1.0/users')).toMatchObject(denied)
    expect((await inFabrikam.get('/v1.0/organization')).body.value).toMatchObject([{ id: fabrikam.id }])
    expect(await fabrikam.administrator.post('/v1.0/servicePrincipals', { appId })).toMatchObject({
      status: 409,
      body: { error: { code: 'Request_MultipleObjectsWithSameKeyValue' } },
    })
  })

  test('TEN-2: an application for its own tenant alone is not there for others', async () => {
    const { appId } = await newApplication(contoso, 'private', { signInAudience: 'AzureADMyOrg' })
    const unknown = '99999999-aaaa-4aaa-8aaa-000000000000'
    for (const id of [appId, unknown])
      expect(await fabrikam.administrator.post('/v1.0/servicePrincipals', { appId: id })).toMatchObject({
        status: 400,
        body: { error: { code: 'NoBackingApplicationObject' } },
      })
  })

  test('TEN-22: a service principal that was removed comes back as somebody new, without the roles it had', async () => {
    const { appId, principalId, secretText } = await newApplication(contoso, 'coming-back')
    await contoso.give(globalAdministrator, principalId)
    const client = cloud.as(await cloud.applicationToken(contoso.id, appId, secretText))
    expect((await client.get('/v1.0/users')).status).toBe(200)
    expect((await contoso.administrator.delete(`/v1.0/servicePrincipals/${principalId}`)).status).toBe(204)
    expect((await client.get('/v1.0/users')).status).toBe(401)
    const again = await contoso.administrator.post('/v1.0/servicePrincipals', { appId })
    expect(again.body.id).not.toBe(principalId)
    const anew = cloud.as(await cloud.applicationToken(contoso.id, appId, secretText))
    expect(await anew.get('/v1.0/users')).toMatchObject(denied)
  })

  test('a deleted application signs in nowhere, here and where others consented to it', async () => {
    const { id, appId, secretText } = await newApplication(contoso, 'leaving')
    await fabrikam.administrator.post('/v1.0/servicePrincipals', { appId })
    const abroad = cloud.as(await cloud.applicationToken(fabrikam.id, appId, secretText))
    expect((await contoso.administrator.delete(`/v1.0/applications/${id}`)).status).toBe(204)
    expect((await abroad.get('/v1.0/organization')).status).toBe(401)
    for (const tenant of [contoso, fabrikam])
      await expect(cloud.applicationToken(tenant.id, appId, secretText)).rejects.toThrow('no token')
  })

  test('ACC-6: a tenant keeps its last Global administrator, also when that is an application', async () => {
    const id = '33333333-aaaa-4aaa-8aaa-000000000002'
    const reply = await cloud.operator.put(`/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`, {
      properties: {
        displayName: 'Robots',
        initialDomainLabel: 'robots',
        countryCode: 'SE',
        kind: 'workforce',
        administrator: { application: { displayName: 'Robot' } },
      },
    })
    const { objectId, clientId, clientSecret } = reply.body.properties.administrator
    const robot = cloud.as(await cloud.applicationToken(id, clientId, clientSecret))
    expect(await robot.delete(`/v1.0/servicePrincipals/${objectId}`)).toMatchObject(refusedRequest)
    const [application] = (await robot.get('/v1.0/applications')).body.value
    expect(await robot.delete(`/v1.0/applications/${application.id}`)).toMatchObject(refusedRequest)
  })

  test('a service principal is found by its application id, in both forms of the address', async () => {
    const { id, appId, principalId } = await newApplication(contoso, 'found')
    const keyed = await contoso.administrator.get(`/v1.0/servicePrincipals(appId='${appId}')`)
    expect(keyed).toMatchObject({ status: 200, body: { id: principalId, displayName: 'found' } })
    const filtered = await contoso.administrator.get(
      `/v1.0/servicePrincipals?$filter=${encodeURIComponent(`appId eq '${appId}'`)}`,
    )
    expect(filtered.body.value).toMatchObject([{ id: principalId }])
    expect(await contoso.administrator.get(`/v1.0/applications(appId='${appId}')`)).toMatchObject({ body: { id } })
    expect(await contoso.administrator.get("/v1.0/teams(appId='x')")).toMatchObject(absent)
  })
})

describe('app roles', () => {
  test('ACC-11: an identity tenant lets an application report its sign-ins by an app role, and takes it back', async () => {
    const { appId } = await newApplication(contoso, 'reporter')
    const consented = await fabrikam.administrator.post('/v1.0/servicePrincipals', { appId })
    const path = `/v1.0/servicePrincipals/${consented.body.id}/appRoleAssignments`
    const metering = await fabrikam.administrator.get(`/v1.0/servicePrincipals(appId='${meteringResource.appId}')`)
    const wanted = {
      principalId: consented.body.id,
      resourceId: metering.body.id,
      appRoleId: metering.body.appRoles.find(
        (role: { value: string }) => role.value === 'Tenantry.Metering.Events.Write',
      ).id,
    }
    expect(wanted.appRoleId).toBe(meteringEventsWrite.id)
    const given = await fabrikam.administrator.post(path, wanted)
    expect(given).toMatchObject({
      status: 201,
      body: { principalDisplayName: 'reporter', resourceDisplayName: 'Tenantry Metering', ...wanted },
    })
    expect(await fabrikam.administrator.post(path, wanted)).toMatchObject(refusedRequest)
    expect((await fabrikam.administrator.get(path)).body.value).toHaveLength(1)
    const row = await cloud.running.db.selectFrom('app_role_assignment').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ tenant_id: fabrikam.id, app_role_id: meteringEventsWrite.id })
    const member = await fabrikam.newUser('bystander')
    expect(await member.client.post(path, wanted)).toMatchObject(denied)
    expect(await member.client.delete(`${path}/${given.body.id}`)).toMatchObject(denied)
    expect((await fabrikam.administrator.delete(`${path}/${given.body.id}`)).status).toBe(204)
    expect((await fabrikam.administrator.get(path)).body.value).toEqual([])
  })

  test('an app role or resource that does not exist cannot be given', async () => {
    const { principalId } = await newApplication(contoso, 'hopeful')
    const path = `/v1.0/servicePrincipals/${principalId}/appRoleAssignments`
    const resourceId = meteringResource.servicePrincipalId
    const other = '99999999-aaaa-4aaa-8aaa-000000000000'
    const appRoleId = meteringEventsWrite.id
    expect(await contoso.administrator.post(path, { principalId, resourceId, appRoleId: other })).toMatchObject(
      refusedRequest,
    )
    expect(await contoso.administrator.post(path, { principalId, resourceId: other, appRoleId })).toMatchObject(absent)
    expect(await contoso.administrator.post(path, { principalId: other, resourceId, appRoleId })).toMatchObject(
      refusedRequest,
    )
  })
})

test('S12: the addresses that answers of sign-ins go to are kept in the shapes of Graph, each kind by itself', async () => {
  const { id } = await newApplication(contoso, 'redirects', {
    web: { redirectUris: ['https://a.example/in'], implicitGrantSettings: { enableIdTokenIssuance: false } },
    isFallbackPublicClient: true,
  })
  const path = `/v1.0/applications/${id}`
  const read = async () => {
    const { web, spa, publicClient, isFallbackPublicClient } = (await contoso.administrator.get(path)).body
    return { web: web.redirectUris, spa: spa.redirectUris, program: publicClient.redirectUris, isFallbackPublicClient }
  }
  expect(await read()).toEqual({ web: ['https://a.example/in'], spa: [], program: [], isFallbackPublicClient: true })
  const changed = await contoso.administrator.patch(path, {
    publicClient: { redirectUris: ['http://localhost', 'myapp://in'] },
    isFallbackPublicClient: false,
  })
  expect(changed.status).toBe(204)
  const expected = {
    web: ['https://a.example/in'],
    spa: [],
    program: ['http://localhost', 'myapp://in'],
    isFallbackPublicClient: false,
  }
  expect(await read()).toEqual(expected)
  for (const wrong of [
    { web: { redirectUris: ['http://a.example/in'] } },
    { web: { redirectUris: ['https://*.a.example/in'] } },
    { spa: { redirectUris: ['myapp://in'] } },
    { publicClient: { redirectUris: ['javascript:alert(1)'] } },
    { web: { redirectUris: 'https://a.example/in' } },
    { web: { homePageUrl: 'https://a.example' } },
    { web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } },
  ])
    expect(await contoso.administrator.patch(path, wrong), JSON.stringify(wrong)).toMatchObject(refusedRequest)
  expect(await read()).toEqual(expected)
})
