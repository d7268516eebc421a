import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
}, 60_000)
afterAll(() => cloud.stop())

const path = (id: string): string => `/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`
const contosoId = '11111111-aaaa-4aaa-8aaa-000000000001'
const contoso = {
  displayName: 'Contoso',
  initialDomainLabel: 'contoso',
  countryCode: 'SE',
  kind: 'workforce',
  administrator: { displayName: 'Anna Andersson', userPrincipalName: 'anna@contoso.onmicrosoft.com' },
}

describe('creating a tenant', () => {
  test('TEN-3: an organisation name, a domain label and a country make a tenant with a first Global administrator', async () => {
    const reply = await cloud.operator.put(path(contosoId.toUpperCase()), { properties: contoso })
    expect(reply).toMatchObject({
      status: 201,
      body: {
        id: `/providers/Tenantry.Directory/tenants/${contosoId}`,
        type: 'Tenantry.Directory/tenants',
        properties: {
          tenantId: contosoId,
          kind: 'workforce',
          initialDomain: 'contoso.onmicrosoft.com',
          dataResidency: 'Europe',
          createdDateTime: '2026-03-01T09:00:00.000Z',
          administrator: { kind: 'user', userPrincipalName: 'anna@contoso.onmicrosoft.com' },
        },
      },
    })
    const anna = cloud.as(await cloud.userToken(contosoId, reply.body.properties.administrator.objectId))
    const role = await anna.get('/v1.0/directoryRoles/roleTemplateId=62e90394-69f5-4237-9190-012177145e10/members')
    expect(role.body.value).toMatchObject([{ userPrincipalName: 'anna@contoso.onmicrosoft.com' }])
  })

  test('TEN-3: the same request again changes nothing and names nobody again', async () => {
    const reply = await cloud.operator.put(path(contosoId), { properties: contoso })
    expect(reply.status).toBe(200)
    expect(reply.body.properties).not.toHaveProperty('administrator')
    expect(reply.body.etag).toBe((await cloud.operator.get(path(contosoId))).body.etag)
  })

  test('TEN-3: the initial domain can be neither changed nor taken by another tenant', async () => {
    const moved = await cloud.operator.put(path(contosoId), {
      properties: { ...contoso, initialDomainLabel: 'contoso2' },
    })
    expect(moved).toMatchObject({ status: 409, body: { error: { code: 'InitialDomainImmutable' } } })
    const taken = await cloud.operator.put(path('11111111-aaaa-4aaa-8aaa-000000000002'), {
      properties: { ...contoso, displayName: 'Another', initialDomainLabel: 'CONTOSO' },
    })
    expect(taken).toMatchObject({ status: 409, body: { error: { code: 'DomainAlreadyInUse' } } })
    const absent = await cloud.operator.get(path('11111111-aaaa-4aaa-8aaa-000000000002'))
    expect(absent).toMatchObject({ status: 404, body: { error: { code: 'TenantNotFound' } } })
  })

  test('TEN-3: the country of an identity tenant can never be changed, that of a workforce tenant can', async () => {
    const id = '11111111-aaaa-4aaa-8aaa-000000000003'
    const fans = { displayName: 'Fans', initialDomain: 'fans.onmicrosoft.com', countryCode: 'us', kind: 'identity' }
    const first = await cloud.operator.put(path(id), { properties: fans })
    expect(first).toMatchObject({
      status: 201,
      body: { properties: { countryCode: 'US', dataResidency: 'United States', kind: 'identity' } },
    })
    const moved = await cloud.operator.put(path(id), { properties: { ...fans, countryCode: 'SE' } })
    expect(moved).toMatchObject({ status: 409, body: { error: { code: 'CountryCodeImmutable' } } })
    const workforce = await cloud.operator.put(path(contosoId), { properties: { ...contoso, countryCode: 'NO' } })
    expect(workforce).toMatchObject({ status: 200, body: { properties: { countryCode: 'NO' } } })
  })

  test('TEN-5: a tenant keeps its kind', async () => {
    const reply = await cloud.operator.put(path(contosoId), { properties: { ...contoso, kind: 'identity' } })
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'TenantKindImmutable' } } })
  })

  test('TEN-3: an application as first administrator gets its secret in the creating answer and in no other', async () => {
    const id = '11111111-aaaa-4aaa-8aaa-000000000004'
    const properties = {
      displayName: 'Automated',
      initialDomainLabel: 'automated',
      countryCode: 'DE',
      kind: 'workforce',
      administrator: { application: { displayName: 'Provisioner' } },
    }
    const reply = await cloud.operator.put(path(id), { properties })
    const { clientId, clientSecret, objectId } = reply.body.properties.administrator
    const application = cloud.as(await cloud.applicationToken(id, clientId, clientSecret))
    const self = await application.get(`/v1.0/servicePrincipals/${objectId}`)
    expect(self).toMatchObject({ status: 200, body: { appId: clientId, appOwnerOrganizationId: id } })
    const again = await cloud.operator.put(path(id), { properties })
    expect(again.status).toBe(200)
    expect(JSON.stringify([again.body, (await cloud.operator.get(path(id))).body])).not.toContain(clientSecret)
  })

  test('TEN-8: somebody of another tenant becomes an external member, and the home of a guest is their home', async () => {
    const members = await cloud.operator.get(path(contosoId))
    expect(members.status).toBe(200)
    const home = await cloud.operator.put(path('11111111-aaaa-4aaa-8aaa-000000000005'), {
      properties: {
        displayName: 'Home',
        initialDomainLabel: 'home',
        countryCode: 'SE',
        kind: 'workforce',
        administrator: { displayName: 'Bo', mail: 'bo@home.example' },
      },
    })
    const homeId = '11111111-aaaa-4aaa-8aaa-000000000005'
    const bo = home.body.properties.administrator.objectId
    const first = await cloud.operator.put(path('11111111-aaaa-4aaa-8aaa-000000000006'), {
      properties: {
        displayName: 'First',
        initialDomainLabel: 'first-of-bo',
        countryCode: 'SE',
        kind: 'identity',
        administrator: { homeTenantId: homeId, homeObjectId: bo },
      },
    })
    const firstId = '11111111-aaaa-4aaa-8aaa-000000000006'
    const boInFirst = first.body.properties.administrator.objectId
    expect(first.body.properties.administrator.userPrincipalName).toBe(
      'bo_home.example#EXT#@first-of-bo.onmicrosoft.com',
    )
    const second = await cloud.operator.put(path('11111111-aaaa-4aaa-8aaa-000000000007'), {
      properties: {
        displayName: 'Second',
        initialDomainLabel: 'second-of-bo',
        countryCode: 'SE',
        kind: 'identity',
        administrator: { homeTenantId: firstId, homeObjectId: boInFirst },
      },
    })
    expect(second.status).toBe(201)
    const row = await cloud.running.db
      .selectFrom('user_account')
      .select(['home_tenant_id', 'home_object_id', 'user_type'])
      .where('id', '=', second.body.properties.administrator.objectId)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ home_tenant_id: homeId, home_object_id: bo, user_type: 'Member' })
  })

  test('TEN-3: nobody but the operator creates, reads or lists tenants here', async () => {
    const anna = await cloud.running.db
      .selectFrom('user_account')
      .select('id')
      .where('user_principal_name', '=', 'anna@contoso.onmicrosoft.com')
      .executeTakeFirstOrThrow()
    const client = cloud.as(await cloud.userToken(contosoId, anna.id))
    for (const reply of [
      await client.put(path(contosoId), { properties: contoso }),
      await client.get(path(contosoId)),
      await client.get('/providers/Tenantry.Directory/tenants?api-version=2026-11-01'),
    ])
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    expect((await cloud.as(undefined).get(path(contosoId))).status).toBe(401)
  })

  test('the list of tenants goes page by page and leaves none out', async () => {
    const ids: string[] = []
    let next: string | undefined = '/providers/Tenantry.Directory/tenants?api-version=2026-11-01&$top=3'
    while (next !== undefined) {
      const reply = await cloud.operator.get(next)
      expect(reply.body.value.length).toBeLessThanOrEqual(3)
      ids.push(...reply.body.value.map((tenant: { name: string }) => tenant.name))
      next = reply.body.nextLink && reply.body.nextLink.slice(cloud.baseUrl.length)
    }
    const kept = await cloud.running.db.selectFrom('tenant').select('id').orderBy('id').execute()
    expect(ids).toEqual(kept.map((tenant) => tenant.id))
  })

  test.each([
    [{ countryCode: 'Sweden' }, 'InvalidRequestContent'],
    [{ kind: 'partner' }, 'InvalidRequestContent'],
    [{ initialDomainLabel: 'a b' }, 'InvalidInitialDomain'],
    [{ initialDomainLabel: undefined, initialDomain: 'contoso.com' }, 'InvalidInitialDomain'],
    [{ dataResidency: 'Atlantis' }, 'InvalidDataResidency'],
    [{ administrator: { homeTenantId: contosoId, homeObjectId: contosoId } }, 'AdministratorNotFound'],
  ])('TEN-3: %j is refused by name and leaves nothing behind', async (change, code) => {
    const id = '11111111-aaaa-4aaa-8aaa-00000000000f'
    const reply = await cloud.operator.put(path(id), {
      properties: { ...contoso, initialDomainLabel: 'refused', administrator: undefined, ...change },
    })
    expect(reply).toMatchObject({ status: 400, body: { error: { code } } })
    expect((await cloud.operator.get(path(id))).status).toBe(404)
  })
})
