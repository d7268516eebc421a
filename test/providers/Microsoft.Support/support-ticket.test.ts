import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, buildWorld, type World } from '../../http/world.ts'
import { type Client, type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'

let cloud: TestCloud
let world: World
let subscription: string
let link: string
let serviceId: string
let problemClassificationId: string
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  world = await buildWorld(cloud)
  subscription = `/subscriptions/${world.parameters.subscriptionId}`
  link = `/${world.parameters.linkScope}`
  const services = await world.member.get(`/providers/Microsoft.Support/services?${version}`)
  const identity = services.body.value.find((service: { properties: { resourceTypes: string[] } }) =>
    service.properties.resourceTypes.includes('Microsoft.AzureActiveDirectory/b2cDirectories'),
  )
  serviceId = identity.id
  const problems = await world.member.get(`${serviceId}/problemClassifications?${version}`)
  problemClassificationId = problems.body.value[0].id
}, 60_000)
afterAll(() => cloud.stop())

const version = 'api-version=2020-04-01'
const tickets = (scope: string, rest = '') => `${scope}/providers/Microsoft.Support/supportTickets${rest}?${version}`
const absent = { status: 404, body: { error: { code: 'SupportTicketNotFound' } } }

const wanted = (properties: Record<string, unknown> = {}) => ({
  properties: {
    serviceId,
    problemClassificationId,
    title: 'Users are counted twice',
    description: 'The statement says 300, we have 150.',
    severity: 'moderate',
    contactDetails: {
      firstName: 'Ann',
      lastName: 'Andersson',
      preferredContactMethod: 'email',
      primaryEmailAddress: 'ann@mail.example',
      preferredTimeZone: 'W. Europe Standard Time',
      country: 'SWE',
      preferredSupportLanguage: 'en-US',
    },
    ...properties,
  },
})

const ask = (client: Client, scope: string, name: string, properties?: Record<string, unknown>): Promise<Reply> =>
  client.put(tickets(scope, `/${name}`), wanted(properties))
const namesAt = async (client: Client, scope: string, query = ''): Promise<string[]> =>
  (await client.get(`${tickets(scope)}${query}`)).body.value.map(({ name }: { name: string }) => name).sort()

test('TEN-26: the identity link and every resource offer support requests, and list their own', async () => {
  const asked = await ask(world.owner, link, 'about-link')
  expect(asked).toMatchObject({
    status: 200,
    body: {
      id: `${subscription}/providers/Microsoft.Support/supportTickets/about-link`,
      name: 'about-link',
      type: 'Microsoft.Support/supportTickets',
      properties: {
        title: 'Users are counted twice',
        severity: 'moderate',
        status: 'Open',
        serviceId,
        serviceDisplayName: 'Identity tenants',
        problemClassificationId,
        createdDate: '2026-03-01T09:00:00.000Z',
        technicalTicketDetails: { resourceId: link },
      },
    },
  })
  const machine = `${subscription}/resourceGroups/canary/providers/Microsoft.Compute/virtualMachines/canary`
  const byBody = await ask(world.owner, subscription, 'about-machine', {
    technicalTicketDetails: { resourceId: machine },
  })
  expect(byBody.body.properties.technicalTicketDetails).toEqual({ resourceId: machine })
  await ask(world.owner, subscription, 'about-subscription')
  await ask(world.owner, '', 'about-tenant')
  expect(await namesAt(world.owner, link)).toEqual(['about-link'])
  expect(await namesAt(world.owner, machine)).toEqual(['about-machine'])
  expect(await namesAt(world.owner, `${subscription}/resourceGroups/canary`)).toEqual(['about-link', 'about-machine'])
  expect(await namesAt(world.owner, subscription)).toEqual(['about-link', 'about-machine', 'about-subscription'])
  expect(await namesAt(world.owner, '')).toEqual(['about-link', 'about-machine', 'about-subscription', 'about-tenant'])
  const foreign = '/subscriptions/0e000000-0000-4000-8000-00000000000e/resourceGroups/x'
  expect(
    (await ask(world.owner, subscription, 'elsewhere', { technicalTicketDetails: { resourceId: foreign } })).status,
  ).toBe(400)
})

test('TEN-26: the same request again is the same one, its name with another content and unknown problems are refused', async () => {
  const first = await ask(world.owner, subscription, 'again')
  const second = await ask(world.owner, subscription, 'Again')
  expect(second.body.properties.supportTicketId).toBe(first.body.properties.supportTicketId)
  expect(await ask(world.owner, subscription, 'again', { title: 'Another' })).toMatchObject({
    status: 409,
    body: { error: { code: 'SupportTicketNameInUse' } },
  })
  for (const properties of [
    { serviceId: '/providers/Microsoft.Support/services/none' },
    { problemClassificationId: `${serviceId}/problemClassifications/none` },
    { severity: 'urgent' },
    { contactDetails: { firstName: 'Ann' } },
    { quotaTicketDetails: {} },
  ])
    expect((await ask(world.owner, subscription, 'bad', properties)).status).toBe(400)
  const check = (name: string) =>
    world.owner.post(`${subscription}/providers/Microsoft.Support/checkNameAvailability?${version}`, {
      name,
      type: 'Microsoft.Support/supportTickets',
    })
  expect((await check('again')).body).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' })
  expect((await check('free')).body).toEqual({ nameAvailable: true })
})

test('TEN-26: requester and operator read a request and reply to it, and nobody else, whatever their role', async () => {
  const asked = await ask(world.owner, subscription, 'talk')
  const id = asked.body.properties.supportTicketId
  const other = await world.owner.get('/v1.0/users?$filter=' + encodeURIComponent("displayName eq 'Mona Member'"))
  await world.owner.put(
    `${subscription}/providers/Microsoft.Authorization/roleAssignments/cccccccc-0000-4000-8000-000000000001?api-version=2022-04-01`,
    {
      properties: {
        roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e',
        principalId: other.body.value[0].id,
      },
    },
  )
  expect(await world.member.get(tickets(subscription, '/talk'))).toMatchObject(absent)
  expect(await namesAt(world.member, subscription)).toEqual([])
  expect(await ask(world.member, subscription, 'talk')).toMatchObject({ status: 409 })
  expect((await ask(world.member, subscription, 'of-mona')).status).toBe(200)
  expect(await world.owner.get(tickets(subscription, '/of-mona'))).toMatchObject(absent)
  expect((await world.stranger.get(tickets(subscription, '/talk'))).body.error.code).toBe('SubscriptionNotFound')
  expect((await ask(world.stranger, subscription, 'mine')).status).toBe(404)

  const operators = `/providers/Tenantry.Directory/supportTickets`
  for (const client of [world.owner, world.member]) {
    expect((await client.get(`${operators}?${api}`)).status).toBe(403)
    expect(
      (await client.post(`${operators}/${id}/reply?${api}`, { properties: { subject: 's', body: 'b' } })).status,
    ).toBe(403)
  }
  const all = await cloud.operator.get(`${operators}?status=open&${api}`)
  expect(all.body.value.map(({ name }: { name: string }) => name)).toContain(id)
  const answer = { properties: { subject: 'Counted once', body: 'Users of both models are counted once.' } }
  expect((await cloud.operator.post(`${operators}/${id}/reply?${api}`, answer)).status).toBe(200)
  const mail = await cloud.running.db
    .selectFrom('outbox_message')
    .select(['recipients', 'subject', 'text_body'])
    .where('kind', '=', 'support-reply')
    .execute()
  expect(mail).toEqual([
    {
      recipients: ['ann@mail.example'],
      subject: 'Users are counted twice: Counted once',
      text_body: 'Users of both models are counted once.',
    },
  ])

  await cloud.clock.set('2026-03-01T10:00:00Z')
  const thanks = { properties: { subject: 'Thank you', body: 'That was it.' } }
  const communication = `${subscription}/providers/Microsoft.Support/supportTickets/talk/communications/thanks?${version}`
  expect(await world.owner.put(communication, thanks)).toMatchObject({
    status: 200,
    body: { type: 'Microsoft.Support/communications', properties: { communicationDirection: 'inbound' } },
  })
  expect((await world.owner.put(communication, thanks)).status).toBe(200)
  expect((await world.owner.put(communication, { properties: { subject: 'No', body: 'no' } })).status).toBe(409)
  expect(await world.member.put(communication, thanks)).toMatchObject(absent)
  const said = await world.owner.get(tickets(subscription, '/talk/communications'))
  expect(
    said.body.value.map(({ properties }: { properties: { communicationDirection: string; subject: string } }) => [
      properties.communicationDirection,
      properties.subject,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['outbound', 'Counted once'],
      ['inbound', 'Thank you'],
    ]),
  )
  expect((await world.owner.get(communication)).body.properties.body).toBe('That was it.')
  const seen = await cloud.operator.get(`${operators}/${id}?${api}`)
  expect(seen.body.properties.communications).toHaveLength(2)
})

test('TEN-26: severity and state change, and a closed request takes nothing until it is opened again', async () => {
  const asked = await ask(world.owner, subscription, 'life')
  const id = asked.body.properties.supportTicketId
  const patch = (client: Client, body: unknown) => client.patch(tickets(subscription, '/life'), body)
  expect((await patch(world.owner, { severity: 'critical' })).body.properties.severity).toBe('critical')
  expect(await patch(world.stranger, { severity: 'minimal' })).toMatchObject({ status: 404 })
  const contactDetails = { primaryEmailAddress: 'ann@other.example' }
  for (let time = 0; time < 2; time++)
    expect((await patch(world.owner, { severity: 'critical', contactDetails })).body.properties).toMatchObject({
      contactDetails: { ...contactDetails, firstName: 'Ann' },
    })
  const records = await cloud.running.db
    .selectFrom('audit_record')
    .select('after')
    .where('scope', 'like', '%/supportTickets/life')
    .orderBy('sequence')
    .execute()
  expect(records.map(({ after }) => after)).toEqual([
    expect.objectContaining({ title: 'Users are counted twice' }),
    { severity: 'critical', status: 'Open' },
    { severity: 'critical', status: 'Open', contact: 'changed' },
  ])
  const closed = await cloud.operator.patch(`/providers/Tenantry.Directory/supportTickets/${id}?${api}`, {
    properties: { status: 'Closed' },
  })
  expect(closed.body.properties.status).toBe('Closed')
  expect((await world.owner.get(tickets(subscription, '/life'))).body.properties.status).toBe('Closed')
  const filter = (text: string) => `&$filter=${encodeURIComponent(text)}`
  expect(await namesAt(world.owner, subscription, filter("Status eq 'Closed'"))).toEqual(['life'])
  expect(await namesAt(world.owner, subscription, filter("Status eq 'Open'"))).not.toContain('life')
  expect(
    await namesAt(world.owner, subscription, filter("CreatedDate ge 2026-03-01T10:00:00Z and Status eq 'Closed'")),
  ).toEqual(['life'])
  expect(await namesAt(world.owner, subscription, filter('CreatedDate gt 2026-03-01T10:00:00Z'))).toEqual([])
  expect((await world.owner.get(`${tickets(subscription)}${filter("Title eq 'x'")}`)).status).toBe(400)
  const more = { properties: { subject: 'And', body: 'more' } }
  const communication = tickets(subscription, '/life/communications/more')
  expect((await world.owner.put(communication, more)).body.error.code).toBe('SupportTicketClosed')
  expect((await patch(world.owner, { status: 'open' })).body.properties.status).toBe('Open')
  expect((await world.owner.put(communication, more)).status).toBe(200)
  expect((await patch(world.owner, { status: 'closed' })).body.properties.status).toBe('Closed')
})

test('TEN-26: support is there for a subscription that is disabled', async () => {
  const cancelled = await world.owner.post(
    `${subscription}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01`,
  )
  expect(cancelled.status, JSON.stringify(cancelled.body)).toBe(200)
  expect((await ask(world.owner, subscription, 'why-disabled')).status).toBe(200)
})
