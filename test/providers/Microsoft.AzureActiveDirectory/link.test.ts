import { randomUUID } from 'node:crypto'
import { ExternalIdentitiesConfigurationClient } from '@azure/arm-azureadexternalidentities'
import { ResourceManagementClient } from 'arm-resources-7'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { IdentityCloud, linkPath, type Person, type TestTenant, version } from './identity-cloud.ts'

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
let administrator: Person
/** Owner of the subscription; administers identity tenants, too, where a test says so. */
let owner: Person
let contributor: Person
let reader: Person
let stranger: Person
let subscriptionId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-11-05T00:00:00Z' })
  world = new IdentityCloud(cloud)
  const workforce = await world.workforce('contoso')
  contoso = workforce.tenant
  administrator = workforce.administrator
  owner = await world.user(administrator, 'owner', contoso)
  contributor = await world.user(administrator, 'contributor', contoso)
  reader = await world.user(administrator, 'reader', contoso)
  subscriptionId = await world.subscription(contoso, owner)
  await world.grant(`/subscriptions/${subscriptionId}`, 'contributor', contributor)
  await world.grant(`/subscriptions/${subscriptionId}`, 'reader', reader)
  stranger = (await world.workforce('fabrikam')).administrator
})
afterAll(() => cloud?.stop())

const at = (name: string, group?: string, inSubscription = subscriptionId): string =>
  `${linkPath(inSubscription, name, group)}?${version}`
const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }

describe('linking', () => {
  test('MAU-1, MAU-2: making the link resource makes the link, and deleting it removes the link', async () => {
    const tenant = await world.identity(owner)
    const unlinked = await owner.client.get(
      '/providers/Microsoft.AzureActiveDirectory/b2ctenants?api-version=2021-04-01',
    )
    expect(unlinked.body.value.map((item: { name: string }) => item.name)).toContain(tenant.domain)
    expect(await owner.client.put(at(tenant.domain), bare)).toMatchObject({
      status: 201,
      body: {
        id: linkPath(subscriptionId, tenant.domain),
        name: tenant.domain,
        type: 'Microsoft.AzureActiveDirectory/b2cDirectories',
        location: 'Europe',
        sku: { name: 'Standard', tier: 'A0' },
        systemData: {
          createdBy: owner.userPrincipalName,
          createdByType: 'User',
          createdAt: '2019-11-05T00:00:00.000Z',
        },
        properties: {
          tenantId: tenant.id,
          billingConfig: { billingType: 'MAU', effectiveStartDateUtc: '2019-11-05T00:00:00.000Z' },
        },
      },
    })
    expect((await owner.client.delete(at(tenant.domain))).status).toBe(200)
    expect(await owner.client.get(at(tenant.domain))).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    })
    expect((await owner.client.delete(at(tenant.domain))).status).toBe(204)
  })

  test('MAU-2: the generic client of arm-resources links with the request that the special client cannot send', async () => {
    const tenant = await world.identity(owner)
    const client = new ResourceManagementClient(cloud.credential(owner.client.token), subscriptionId, {
      endpoint: cloud.baseUrl,
    })
    const link = await client.resources.beginCreateOrUpdateAndWait(
      'identity',
      'Microsoft.AzureActiveDirectory',
      '',
      'b2cDirectories',
      tenant.domain,
      '2021-04-01',
      { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: { tenantId: tenant.id } },
    )
    expect(link).toMatchObject({ name: tenant.domain, properties: { tenantId: tenant.id } })
    const read = await client.resources.get(
      'identity',
      'Microsoft.AzureActiveDirectory',
      '',
      'b2cDirectories',
      tenant.domain,
      '2021-04-01',
    )
    expect(read.properties).toMatchObject({ billingConfig: { billingType: 'MAU' } })
    await client.resources.beginDeleteAndWait(
      'identity',
      'Microsoft.AzureActiveDirectory',
      '',
      'b2cDirectories',
      tenant.domain,
      '2021-04-01',
    )
    expect((await owner.client.get(at(tenant.domain))).status).toBe(404)
  })

  test('MAU-3: a subscription holds many links, and a tenant has one at a time', async () => {
    const [first, second] = [await world.identity(owner), await world.identity(owner)]
    expect((await owner.client.put(at(first.domain), bare)).status).toBe(201)
    expect((await owner.client.put(at(second.domain), bare)).status).toBe(201)
    const listed = await owner.client.get(
      `/subscriptions/${subscriptionId}/providers/Microsoft.AzureActiveDirectory/b2cDirectories?${version}`,
    )
    const names = listed.body.value.map((item: { name: string }) => item.name)
    expect(names).toEqual(expect.arrayContaining([first.domain, second.domain]))
    expect(listed.body.nextLink).toBeUndefined()
    expect(await owner.client.put(at(first.domain, 'other'), bare)).toMatchObject({
      status: 409,
      body: { error: { code: 'IdentityTenantAlreadyLinked' } },
    })
  })

  test('MAU-3: of many simultaneous links of one tenant exactly one comes into being', async () => {
    const tenant = await world.identity(owner)
    const others = await Promise.all(Array.from({ length: 4 }, () => world.subscription(contoso, owner)))
    const replies = await Promise.all(others.map((id) => owner.client.put(at(tenant.domain, 'identity', id), bare)))
    expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409])
  })

  test('MAU-4: where a tenant is linked is said to those only who may read the link', async () => {
    const tenant = await world.identity(owner)
    await owner.client.put(at(tenant.domain), bare)
    const elsewhere = await world.subscription(contoso, owner)
    const known = await owner.client.put(at(tenant.domain, 'identity', elsewhere), bare)
    expect(known.body.error.message).toContain(linkPath(subscriptionId, tenant.domain))
    const { tenant: other, administrator: helper } = await world.workforce()
    const own = await world.subscription(other, helper)
    await world.makeAdministrator(tenant, helper)
    const notTold = await helper.client.put(at(tenant.domain, 'identity', own), bare)
    expect(notTold.body.error).toMatchObject({ code: 'IdentityTenantAlreadyLinked' })
    expect(notTold.body.error.message).toContain('a subscription that you cannot read')
    expect(JSON.stringify(notTold.body)).not.toContain(subscriptionId)
  })

  test('MAU-4: an Owner of the subscription who does not administer the tenant is refused, and a tenant that does not exist looks the same', async () => {
    const tenant = await world.identity(administrator)
    const foreign = await owner.client.put(at(tenant.domain), bare)
    expect(foreign).toMatchObject({ status: 403, body: { error: { code: 'NotIdentityTenantAdministrator' } } })
    expect(foreign.body.error.message).toMatch(/Global Administrator.*A role on the subscription does not help/)
    const unknown = await owner.client.put(at('nowhere.onmicrosoft.com'), bare)
    const withoutName = (text: string) => text.replace(/'[^']*'/, '')
    expect(withoutName(unknown.body.error.message)).toBe(withoutName(foreign.body.error.message))
  })

  test('MAU-4, DEC-13: a Contributor links, a Reader does not, and is told before anything about the tenant is', async () => {
    const tenant = await world.identity(contributor)
    expect(await reader.client.put(at(tenant.domain), bare)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    })
    expect((await contributor.client.put(at(tenant.domain), bare)).status).toBe(201)
  })

  test('MAU-4: a foreign subscription looks like one that does not exist, and no token is no access', async () => {
    const tenant = await world.identity(stranger)
    for (const id of [subscriptionId, randomUUID()])
      expect(await stranger.client.put(at(tenant.domain, 'identity', id), bare)).toMatchObject({
        status: 404,
        body: { error: { code: 'SubscriptionNotFound' } },
      })
    expect((await cloud.as(undefined).put(at(tenant.domain), bare)).status).toBe(401)
  })

  test.each(['Warned', 'PastDue', 'Disabled', 'Expired', 'Suspended'] as const)(
    'SUB-6, MAU-4: a subscription that is %s takes no link',
    async (state) => {
      const tenant = await world.identity(owner)
      const id = await world.subscription(contoso, owner)
      await world.setState(id, state)
      const refused = await owner.client.put(at(tenant.domain, 'identity', id), bare)
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'SubscriptionNotActive' } } })
      expect(refused.body.error.message.toLowerCase()).toContain(state.toLowerCase())
    },
  )

  test('SUB-5: the link of a cancelled subscription is read and deleted, and not changed', async () => {
    const tenant = await world.identity(owner)
    const id = await world.subscription(contoso, owner)
    const path = at(tenant.domain, 'identity', id)
    await owner.client.put(path, bare)
    await world.setState(id, 'Disabled')
    const readOnly = { status: 409, body: { error: { code: 'ReadOnlyDisabledSubscription' } } }
    expect(await owner.client.put(path, bare)).toMatchObject(readOnly)
    expect(await owner.client.patch(path, { tags: { a: 'b' } })).toMatchObject(readOnly)
    expect((await owner.client.get(path)).status).toBe(200)
    expect((await owner.client.delete(path)).status).toBe(200)
  })

  test('TEN-5, MAU-4: a workforce tenant is not linked', async () => {
    const refused = await administrator.client.put(at(contoso.domain), bare)
    expect(refused.status).toBe(403)
    await world.grant(`/subscriptions/${subscriptionId}`, 'contributor', administrator)
    expect(await administrator.client.put(at(contoso.domain), bare)).toMatchObject({
      status: 409,
      body: { error: { code: 'TenantNotAnIdentityTenant' } },
    })
  })

  test('MAU-6: the link is named after a domain of the tenant', async () => {
    const tenant = await world.identity(owner)
    const refused = await owner.client.put(at('myLink'), { ...bare, properties: { tenantId: tenant.id } })
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'InvalidResourceName' } } })
    expect(refused.body.error.message).toContain(tenant.domain)
  })

  test('MAU-6: names and literals compare without case, and the last casing is shown', async () => {
    const tenant = await world.identity(owner)
    const shouted = tenant.domain.toUpperCase()
    const path = `/SUBSCRIPTIONS/${subscriptionId.toUpperCase()}/resourcegroups/IDENTITY/PROVIDERS/microsoft.azureactivedirectory/B2CDIRECTORIES/${shouted}?${version}`
    expect(await owner.client.put(path, bare)).toMatchObject({ status: 201, body: { name: shouted } })
    expect(await owner.client.put(at(tenant.domain), bare)).toMatchObject({
      status: 200,
      body: { id: linkPath(subscriptionId, tenant.domain), name: tenant.domain },
    })
  })

  test('MAU-7, DEC-15: the location of a link is where the tenant keeps its data, whatever the group says', async () => {
    const tenant = await world.identity(owner)
    expect(await owner.client.put(at(tenant.domain), { ...bare, location: 'United States' })).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidResourceLocation', target: 'location' } },
    })
    expect(await owner.client.put(at(tenant.domain), { ...bare, location: 'westeurope' })).toMatchObject({
      status: 400,
      body: { error: { code: 'LocationNotAvailableForResourceType', target: 'location' } },
    })
    expect(await owner.client.put(at(tenant.domain), { properties: {} })).toMatchObject({
      status: 201,
      body: { location: 'Europe' },
    })
    expect((await owner.client.put(at(tenant.domain), { ...bare, location: 'EUROPE ' })).status).toBe(200)
  })

  test('MAU-2: the same request again changes nothing, and other content replaces sku and tags', async () => {
    const tenant = await world.identity(owner)
    const first = await owner.client.put(at(tenant.domain), { ...bare, tags: { cost: 'a' } })
    const again = await owner.client.put(at(tenant.domain), { ...bare, tags: { cost: 'a' } })
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { etag: first.headers.etag } })
    const stale = await owner.client.put(at(tenant.domain), bare, { 'if-match': '"0"' })
    expect(stale).toMatchObject({ status: 412, body: { error: { code: 'PreconditionFailed' } } })
    const patched = await owner.client.patch(at(tenant.domain), { tags: { team: 'b' }, sku: { name: 'PremiumP1' } })
    expect(patched).toMatchObject({ status: 200, body: { sku: { name: 'PremiumP1', tier: 'A0' } } })
    expect(patched.body.tags).toEqual({ team: 'b' })
    expect(patched.headers.etag).not.toBe(first.headers.etag)
    expect(await owner.client.patch(at(tenant.domain), { properties: { tenantId: randomUUID() } })).toMatchObject({
      status: 409,
      body: { error: { code: 'TenantOfLinkImmutable' } },
    })
    expect((await owner.client.patch(at('absent.onmicrosoft.com'), { tags: {} })).status).toBe(404)
    expect((await owner.client.patch(at(tenant.domain), { sku: { name: 'Gold' } })).status).toBe(400)
  })

  test('MAU-5: the list of linkable tenants is pure, and another question says why a tenant is not in it', async () => {
    const person = await world.user(administrator, 'lister', contoso)
    const own = await world.subscription(contoso, person)
    const [free, linked] = [await world.identity(person), await world.identity(person)]
    const notHis = await world.identity(administrator)
    await person.client.put(at(linked.domain, 'identity', own), bare)
    const list = await person.client.get(`/providers/Microsoft.AzureActiveDirectory/b2ctenants?${version}`)
    expect(list.body.value).toMatchObject([
      { name: free.domain, location: 'Europe', properties: { tenantId: free.id, domainName: free.domain } },
    ])
    const reasons = await person.client.get('/providers/Tenantry.Metering/linkableTenants?api-version=2026-11-01')
    const byName = new Map(
      reasons.body.value.map((item: { properties: { domainName: string; reasons: { code: string }[] } }) => [
        item.properties.domainName,
        item.properties.reasons.map((reason) => reason.code),
      ]),
    )
    expect(byName.get(free.domain)).toEqual([])
    expect(byName.get(linked.domain)).toEqual(['IdentityTenantAlreadyLinked'])
    expect(byName.get(contoso.domain)).toEqual(['NotIdentityTenantAdministrator'])
    expect(byName.has(notHis.domain)).toBe(false)
  })

  test('SUB-16: a group that is not there takes no link', async () => {
    const tenant = await world.identity(owner)
    expect(await owner.client.put(at(tenant.domain, 'absent'), bare)).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceGroupNotFound' } },
    })
    expect((await owner.client.get(at(tenant.domain, 'absent'))).body.error.code).toBe('ResourceGroupNotFound')
    expect((await owner.client.delete(at(tenant.domain, 'absent'))).status).toBe(204)
  })
})

describe('the published client', () => {
  const clientOf = (person: Person) =>
    new ExternalIdentitiesConfigurationClient(cloud.credential(person.client.token), subscriptionId, {
      endpoint: cloud.baseUrl,
    })

  test('MAU-33: a tenant that is created through the resource is linked from the start, and its creator administers it', async () => {
    const { b2CTenants } = clientOf(contributor)
    const name = 'created.onmicrosoft.com'
    const wanted = {
      location: 'United States',
      sku: { name: 'PremiumP1', tier: 'A0' },
      displayName: 'Created',
      countryCode: 'US',
    }
    const link = await b2CTenants.beginCreateAndWait('identity', name, { createTenantRequestBody: wanted })
    expect(link).toMatchObject({
      name,
      location: 'United States',
      sku: { name: 'PremiumP1', tier: 'A0' },
      billingConfig: { billingType: 'MAU', effectiveStartDateUtc: '2019-11-05T00:00:00.000Z' },
    })
    const mine = await contributor.client.get('/providers/Tenantry.Metering/linkableTenants?api-version=2026-11-01')
    const created = mine.body.value.find(
      (item: { properties: { domainName: string } }) => item.properties.domainName === name,
    )
    expect(created.properties).toMatchObject({
      tenantId: link.tenantId,
      kind: 'identity',
      displayName: 'Created',
      reasons: [{ code: 'IdentityTenantAlreadyLinked' }],
    })
    const again = await b2CTenants.beginCreateAndWait('identity', name, { createTenantRequestBody: wanted })
    expect(again.tenantId).toBe(link.tenantId)
    await expect(
      clientOf(owner).b2CTenants.beginCreateAndWait('other', name, { createTenantRequestBody: wanted }),
    ).rejects.toMatchObject({ code: 'DomainAlreadyInUse', statusCode: 409 })
  })

  test('MAU-33: a tenant that is created in the directory starts unlinked', async () => {
    const tenant = await world.identity(owner)
    const usage = await tenant.inside.client.get(
      `/providers/Tenantry.Metering/tenants/${tenant.id}/monthlyActiveUsers/2019-11?api-version=2026-11-01`,
    )
    expect(usage.body.properties).toMatchObject({ links: [], intervals: [] })
  })

  test('MAU-33: a refused creation leaves no tenant behind', async () => {
    const { b2CTenants } = clientOf(reader)
    const createTenantRequestBody = {
      location: 'Europe',
      sku: { name: 'Standard', tier: 'A0' },
      displayName: 'Refused',
      countryCode: 'SE',
    }
    await expect(
      b2CTenants.beginCreateAndWait('identity', 'refused.onmicrosoft.com', { createTenantRequestBody }),
    ).rejects.toMatchObject({
      code: 'AuthorizationFailed',
      statusCode: 403,
    })
    await expect(
      clientOf(owner).b2CTenants.beginCreateAndWait('identity', 'no.such.suffix', { createTenantRequestBody }),
    ).rejects.toMatchObject({ code: 'InvalidTenantDomainName', statusCode: 400 })
    const free = await clientOf(owner).b2CTenants.checkNameAvailability({
      checkNameAvailabilityRequestBody: { name: 'refused.onmicrosoft.com', countryCode: 'SE' },
    })
    expect(free).toMatchObject({ nameAvailable: true })
  })

  test('MAU-2: reads, changes, lists and deletes links', async () => {
    const tenant = await world.identity(owner)
    await owner.client.put(at(tenant.domain), bare)
    const { b2CTenants, operations } = clientOf(owner)
    expect(await b2CTenants.get('identity', tenant.domain)).toMatchObject({ tenantId: tenant.id })
    const updated = await b2CTenants.update('identity', tenant.domain, {
      updateTenantRequestBody: { tags: { a: 'b' }, sku: { name: 'PremiumP2', tier: 'A0' } },
    })
    expect(updated).toMatchObject({ tags: { a: 'b' }, sku: { name: 'PremiumP2' } })
    const inGroup = []
    for await (const link of b2CTenants.listByResourceGroup('identity')) inGroup.push(link.name)
    const inSubscription = []
    for await (const link of b2CTenants.listBySubscription()) inSubscription.push(link.name)
    expect(inGroup).toContain(tenant.domain)
    expect(inSubscription).toContain(tenant.domain)
    await b2CTenants.beginDeleteAndWait('identity', tenant.domain)
    await expect(b2CTenants.get('identity', tenant.domain)).rejects.toMatchObject({ code: 'ResourceNotFound' })
    const names = []
    for await (const operation of operations.list()) names.push(operation.name)
    expect(names).toContain('Microsoft.AzureActiveDirectory/b2cDirectories/write')
  })

  test('MAU-33: says whether a name is free, and why not', async () => {
    const { b2CTenants } = clientOf(owner)
    const ask = (name: string) =>
      b2CTenants.checkNameAvailability({ checkNameAvailabilityRequestBody: { name, countryCode: 'SE' } })
    expect(await ask('contoso.onmicrosoft.com')).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' })
    expect(await ask('contoso.example')).toMatchObject({ nameAvailable: false, reason: 'Invalid' })
    await expect(
      clientOf(reader).b2CTenants.checkNameAvailability({
        checkNameAvailabilityRequestBody: { name: 'x.onmicrosoft.com', countryCode: 'SE' },
      }),
    ).rejects.toMatchObject({ code: 'AuthorizationFailed' })
  })
})

test('MAU-1: no operation on links answers without the role, whether the link exists or not', async () => {
  const tenant = await world.identity(owner)
  await owner.client.put(at(tenant.domain), bare)
  const outsider = await world.user(administrator, 'outsider', contoso)
  const ofSubscription = `/subscriptions/${subscriptionId}/providers/Microsoft.AzureActiveDirectory`
  for (const name of [tenant.domain, 'absent.onmicrosoft.com']) {
    const path = at(name)
    const replies = [
      await outsider.client.get(path),
      await outsider.client.put(path, bare),
      await outsider.client.put(path, bare, { 'if-match': '*' }),
      await outsider.client.put(path, bare, { 'if-none-match': '*' }),
      await outsider.client.patch(path, { tags: {} }),
      await outsider.client.delete(path),
      await outsider.client.get(`${ofSubscription}/b2cDirectories?${version}`),
      await outsider.client.get(
        `/subscriptions/${subscriptionId}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/b2cDirectories?${version}`,
      ),
      await outsider.client.post(`${ofSubscription}/checkNameAvailability?${version}`, { name, countryCode: 'SE' }),
      await outsider.client.get(
        `${linkPath(subscriptionId, name)}/providers/Tenantry.Metering/monthlyActiveUsers/2019-11?api-version=2026-11-01`,
      ),
      await outsider.client.get(
        `${linkPath(subscriptionId, name)}/providers/Tenantry.Metering/unlinkWarnings?api-version=2026-11-01`,
      ),
    ]
    for (const reply of replies)
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
  }
  for (const reply of [
    await reader.client.put(at(tenant.domain), bare),
    await reader.client.patch(at(tenant.domain), { tags: {} }),
    await reader.client.delete(at(tenant.domain)),
  ])
    expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
  expect((await reader.client.get(at(tenant.domain))).status).toBe(200)
  for (const reply of [
    await stranger.client.get(at(tenant.domain)),
    await stranger.client.patch(at(tenant.domain), { tags: {} }),
    await stranger.client.delete(at(tenant.domain)),
  ])
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
})
