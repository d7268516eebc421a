import { randomUUID } from 'node:crypto'
import type { LegacyUsageDetail, ModernUsageDetail } from '@azure/arm-consumption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { type Customer, names } from '../Tenantry.Billing/billing-world.ts'
import { brief, CostWorld, sum } from './cost-world.ts'

let cloud: TestCloud
let world: CostWorld
let contoso: Customer
let subscriptionId: string
let otherSubscriptionId: string
let secondSection: string
let web: string
let database: string
let reporter: Person

const scope = () => `/subscriptions/${subscriptionId}`
const from = (day: string) => `properties/usageStart ge '${day}'`

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  await world.publish('tiered')
  contoso = await world.customer({ priceList: 'tiered' })
  subscriptionId = await world.subscription(contoso)
  secondSection = await world.section(contoso, 'Second')
  otherSubscriptionId = await world.subscription(contoso, secondSection)
  reporter = await world.person(contoso, 'reporter')
  for (const id of [subscriptionId, otherSubscriptionId])
    await world.assign(contoso.owner, `/subscriptions/${id}`, 'usagePublisher', reporter.objectId)
  web = await world.resource(contoso.owner, subscriptionId, 'Web', 'front', { team: 'shop' })
  database = await world.resource(contoso.owner, subscriptionId, 'Data', 'store', { team: 'core' })
  const elsewhere = await world.resource(contoso.owner, otherSubscriptionId, 'Lab', 'bench')
  await cloud.clock.set('2026-10-09T12:00:00Z')
  await world.use(reporter.client, elsewhere, '2026-10-01', '4')
  await world.use(reporter.client, web, '2026-10-02', '8')
  await world.use(reporter.client, web, '2026-10-03', '2.5')
  await world.use(reporter.client, database, '2026-10-03', '7.25', 'disk')
  await world.use(reporter.client, database, '2026-10-05', '100', 'disk')
}, 120_000)
afterAll(() => cloud?.stop())

describe('the unchanged SDK', () => {
  test('INV-12, trap 10: reads modern rows of a customer agreement, each day with what it took of the tiers', async () => {
    const rows = await world.costs(contoso.owner.client, scope())
    expect(rows.map(brief)).toEqual([
      'cpu 2026-10-02 8 9.246913578',
      'cpu 2026-10-03 2.5 0.3086419725',
      'disk 2026-10-03 7.25 0.089506172025',
      'disk 2026-10-05 100 1.23456789',
    ])
    const [first] = rows as ModernUsageDetail[]
    expect(first).toMatchObject({
      kind: 'modern',
      type: 'Microsoft.Consumption/usageDetails',
      tags: { team: 'shop' },
      billingAccountId: contoso.accountId,
      billingProfileId: contoso.profileId,
      invoiceSectionId: contoso.sectionId,
      subscriptionGuid: subscriptionId,
      subscriptionName: 'Production',
      instanceName: web,
      resourceGroup: 'Web',
      resourceLocation: 'westeurope',
      consumedService: 'Contoso.Compute',
      meterName: 'cpu',
      unitOfMeasure: 'hour',
      billingCurrencyCode: 'USD',
      pricingCurrencyCode: 'USD',
      costInUSD: 9.246913578,
      chargeType: 'Usage',
      frequency: 'UsageBased',
      billingPeriodStartDate: new Date('2026-10-01T00:00:00Z'),
      servicePeriodStartDate: new Date('2026-10-02T00:00:00Z'),
    })
    expect(first?.unitPrice).toBeUndefined()
    expect(first?.effectivePrice).toBe(1.15586419725)
    expect(new Set(rows.map((row) => row.name)).size).toBe(4)
  })

  test('INV-17: the rows of a profile add up to its preview, line by line and to the last decimal', async () => {
    const lines = await world.previewLines(contoso, '2026-10')
    const rows = (await world.costs(contoso.owner.client, contoso.profileId)) as ModernUsageDetail[]
    expect(rows).toHaveLength(5)
    expect(sum(rows.map((row) => row.costInBillingCurrency))).toBe(sum(lines.map((line) => line.amount)))
    for (const line of lines) {
      const isOfLine = (row: ModernUsageDetail) =>
        row.meterId === line.meterId && row.instanceName?.toLowerCase() === line.resource.id.toLowerCase()
      const ofLine = rows.filter(isOfLine)
      expect(sum(ofLine.map((row) => row.quantity))).toBe(line.quantity)
      expect(sum(ofLine.map((row) => row.costInBillingCurrency))).toBe(line.amount)
    }
  })

  test('INV-3: what is on no invoice is labelled pending and estimated, for every client and on the wire', async () => {
    const rows = (await world.costs(contoso.owner.client, scope())) as ModernUsageDetail[]
    for (const row of rows) {
      expect(row.invoiceId).toBeUndefined()
      expect(JSON.parse(row.additionalInfo ?? '')).toEqual({ status: 'Pending', estimated: true })
    }
    const { body } = await world.raw(contoso.owner.client, scope())
    expect(body.value.map((row: { properties: object }) => row.properties)).toMatchObject(
      Array(4).fill({ isEstimated: true }),
    )
  })

  test('reads legacy rows of a stand-alone account, and every number with all its digits', async () => {
    const fabrikam = await world.customer({ priceList: 'tiered', agreementType: 'MicrosoftOnlineServicesProgram' })
    const id = await world.subscription(fabrikam)
    await world.assign(fabrikam.owner, `/subscriptions/${id}`, 'usagePublisher', fabrikam.owner.objectId)
    const machine = await world.resource(fabrikam.owner, id, 'Web', 'solo')
    await cloud.clock.set('2026-10-09T13:00:00Z')
    await world.use(fabrikam.owner.client, machine, '2026-10-04', '1234567.123456789012', 'disk')
    const [row] = (await world.costs(fabrikam.owner.client, `/subscriptions/${id}`, {
      expand: 'properties/meterDetails',
    })) as LegacyUsageDetail[]
    expect(row).toMatchObject({
      kind: 'legacy',
      billingAccountId: fabrikam.account,
      subscriptionId: id,
      resourceId: machine,
      resourceName: 'solo',
      billingCurrency: 'USD',
      meterDetails: { meterName: 'disk', unitOfMeasure: 'GB' },
    })
    expect(row?.cost).toBeCloseTo(15241.569287, 6)
    const text = await exactText(`/subscriptions/${id}`, fabrikam)
    expect(text).toContain('"quantity":1234567.123456789012,')
    expect(text).toContain('"cost":15241.5692866941751672002468')
  })

  test('trap 1, trap 10: follows pages to the end, however the parameters of the first are sent again', async () => {
    const all = await world.costs(contoso.owner.client, contoso.profileId)
    const options = { top: 2, filter: from('2026-10-01'), expand: 'properties/additionalInfo' }
    const pages = await Array.fromAsync(
      world.sdk(contoso.owner.client).usageDetails.list(contoso.profileId, options).byPage(),
    )
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
    expect(pages.flat().map((row) => row.name)).toEqual(all.map((row) => row.name))
    const first = await world.raw(contoso.owner.client, contoso.profileId, '&$top=2')
    expect(first.body.nextLink.startsWith(`${cloud.baseUrl}/`)).toBe(true)
    const stranger = await world.person(contoso)
    await world.assignBilling(contoso.owner, contoso.profileId, 'BPR', stranger)
    const { pathname, search } = new URL(first.body.nextLink)
    expect(await stranger.client.get(pathname + search)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidSkipToken' } },
    })
  })
})

async function exactText(id: string, customer: Customer): Promise<string> {
  const { default: https } = await import('node:https')
  const path = `${id}/providers/Microsoft.Consumption/usageDetails?api-version=2021-10-01`
  return new Promise((resolve, reject) => {
    const options = { ca: cloud.caPem, headers: { authorization: `Bearer ${customer.owner.client.token}` } }
    https
      .get(`${cloud.baseUrl}${path}`, options, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve(text))
      })
      .on('error', reject)
  })
}

describe('$filter, $expand and metric', () => {
  const briefs = async (filter: string, at = scope()) =>
    (await world.costs(contoso.owner.client, at, { filter })).map(brief)

  test('choose by day, group, resource, meter, kind of charge and tag', async () => {
    expect(await briefs(`${from('2026-10-03')} and properties/usageEnd le '2026-10-03'`)).toEqual([
      'cpu 2026-10-03 2.5 0.3086419725',
      'disk 2026-10-03 7.25 0.089506172025',
    ])
    expect(await briefs("properties/usageStart eq '2026-10-05'")).toHaveLength(1)
    expect(await briefs(from('2026-10-06'))).toEqual([])
    expect(await briefs("properties/resourceGroup eq 'WEB'")).toHaveLength(2)
    expect(await briefs("properties/resourceGroup eq 'Web' and properties/meterId eq 'disk'")).toEqual([])
    expect(await briefs(`properties/instanceName eq '${database.toUpperCase()}'`)).toHaveLength(2)
    expect(await briefs("properties/resourceName eq 'store' and (properties/meterId eq 'disk')")).toHaveLength(2)
    expect(await briefs("tags eq 'team:shop'")).toHaveLength(2)
    expect(await briefs("tags eq 'team:nobody'")).toEqual([])
    expect(await briefs("properties/chargeType eq 'Refund'")).toEqual([])
    for (const metric of ['ActualCost', 'amortizedcost', 'usage'])
      expect(await world.costs(contoso.owner.client, scope(), { metric })).toHaveLength(4)
  })

  test('that are not understood are refused by name, never ignored', async () => {
    const { client } = contoso.owner
    const refused = async (query: string) => {
      const { status, body } = await world.raw(client, scope(), query)
      return [status, body.error.code]
    }
    expect(await refused(`&$filter=${encodeURIComponent("properties/cost gt '5'")}`)).toEqual([400, 'InvalidFilter'])
    expect(await refused(`&$filter=${encodeURIComponent("properties/usageEnd le '2026-10-01'")}`)).toEqual([
      400,
      'InvalidFilter',
    ])
    expect(await refused('&$expand=properties/secrets')).toEqual([400, 'InvalidExpand'])
    expect(await refused('&metric=guess')).toEqual([400, 'InvalidMetric'])
    expect(await refused('&$apply=aggregate')).toEqual([400, 'UnsupportedQueryParameter'])
    expect(await refused('&$top=0')).toEqual([400, 'InvalidTopParameter'])
  })

  test('INV-17: expanding shows which tiers a day used and by which price list', async () => {
    const [row] = (await world.costs(contoso.owner.client, scope(), {
      expand: 'properties/additionalInfo',
    })) as ModernUsageDetail[]
    expect(JSON.parse(row?.additionalInfo ?? '')).toMatchObject({
      status: 'Pending',
      priceList: { name: 'tiered', version: 1 },
      parts: [
        { kind: 'tier', from: '0', to: '10', quantity: '6', unitPrice: '1.5', amount: '9' },
        { kind: 'tier', from: '10', to: null, quantity: '2', unitPrice: '0.123456789', amount: '0.246913578' },
      ],
    })
  })
})

describe('INV-16: who may see costs', () => {
  const outcome = async (client: Person['client'], at: string) => {
    const { status, body } = await world.raw(client, at)
    return status === 200 ? body.value.length : `${status} ${body.error.code}`
  }

  test('holders of billing roles by the matrix, section readers only their section', async () => {
    const roles = [
      ['BAR', contoso.accountId, [5, 5, 4, 1, 4, 1]],
      ['BPR', contoso.profileId, ['403 AuthorizationFailed', 5, 4, 1, 4, 1]],
      ['IM', contoso.profileId, ['403 AuthorizationFailed', 5, 4, 1, 4, 1]],
      [
        'ISR',
        secondSection,
        [
          '403 AuthorizationFailed',
          '403 AuthorizationFailed',
          '403 AuthorizationFailed',
          1,
          '403 AuthorizationFailed',
          1,
        ],
      ],
      ['SC', secondSection, Array(6).fill('403 AuthorizationFailed')],
    ] as const
    for (const [role, at, expected] of roles) {
      const person = await world.person(contoso, role.toLowerCase())
      await world.assignBilling(contoso.owner, at, role, person)
      const seen = []
      for (const asked of [
        contoso.accountId,
        contoso.profileId,
        contoso.sectionId,
        secondSection,
        scope(),
        `/subscriptions/${otherSubscriptionId}`,
      ])
        seen.push(await outcome(person.client, asked))
      expect([role, ...seen]).toEqual([role, ...expected])
    }
  })

  test('readers of a directly paid subscription or group see its own costs, and nothing else of the account', async () => {
    const reader = await world.person(contoso, 'reader')
    await world.assign(contoso.owner, scope(), 'reader', reader.objectId)
    const rows = (await world.costs(reader.client, scope())) as ModernUsageDetail[]
    expect(rows.map(brief)).toEqual((await world.costs(contoso.owner.client, scope())).map(brief))
    for (const row of rows)
      expect([
        row.billingAccountId,
        row.billingAccountName,
        row.billingProfileId,
        row.billingProfileName,
        row.invoiceSectionId,
        row.invoiceSectionName,
        row.costCenter,
      ]).toEqual(Array(7).fill(undefined))
    const text = JSON.stringify((await world.raw(reader.client, scope(), '&$expand=properties/additionalInfo')).body)
    for (const secret of [contoso.account, contoso.profile, contoso.section]) expect(text).not.toContain(secret)
    for (const other of [
      contoso.accountId,
      contoso.profileId,
      contoso.sectionId,
      `/subscriptions/${otherSubscriptionId}`,
    ])
      expect(await outcome(reader.client, other)).toBe('403 AuthorizationFailed')

    const ofGroup = await world.person(contoso, 'group-reader')
    await world.assign(contoso.owner, `${scope()}/resourceGroups/Web`, 'reader', ofGroup.objectId)
    expect(await outcome(ofGroup.client, `${scope()}/resourceGroups/web`)).toBe(2)
    expect(await outcome(ofGroup.client, `${scope()}/resourceGroups/Data`)).toBe('403 AuthorizationFailed')
    expect(await outcome(ofGroup.client, scope())).toBe('403 AuthorizationFailed')
    expect(await outcome(contoso.owner.client, `${scope()}/resourceGroups/Nowhere`)).toBe('404 ResourceGroupNotFound')
  })

  test('not the policy of the profile hides them from: roles on resources then see none', async () => {
    const reader = await world.person(contoso, 'hidden')
    await world.assign(contoso.owner, scope(), 'reader', reader.objectId)
    await setViewCharges('NotAllowed')
    const { status, body } = await world.raw(reader.client, scope())
    expect([status, body.error.details[0].code]).toEqual([403, 'CostsHiddenByPolicy'])
    expect(await outcome(contoso.owner.client, scope())).toBe(4)
    await setViewCharges('Allowed')
    expect(await outcome(reader.client, scope())).toBe(4)
  })

  test('nobody without a role, of another tenant or without a token', async () => {
    const nobody = await world.person(contoso)
    const stranger = await world.customer()
    const unknown = '/providers/Microsoft.Billing/billingAccounts/none:none_2019-05-31'
    for (const at of [
      contoso.accountId,
      contoso.profileId,
      contoso.sectionId,
      scope(),
      `${scope()}/resourceGroups/Web`,
    ]) {
      expect(await outcome(nobody.client, at)).toBe('403 AuthorizationFailed')
      expect(await outcome(stranger.owner.client, at)).toMatch(/^404 (BillingAccount|Subscription)NotFound$/)
      expect(await outcome(cloud.as(undefined), at)).toBe('401 AuthenticationFailed')
    }
    expect(await outcome(nobody.client, unknown)).toBe('404 BillingAccountNotFound')
    expect(await outcome(nobody.client, `/subscriptions/${randomUUID()}`)).toBe('404 SubscriptionNotFound')
    expect(await outcome(contoso.owner.client, `${contoso.accountId}/billingProfiles/NONE`)).toBe(
      '404 BillingProfileNotFound',
    )
    expect(await outcome(contoso.owner.client, `${contoso.profileId}/invoiceSections/NONE`)).toBe(
      '404 InvoiceSectionNotFound',
    )
    expect(await outcome(contoso.owner.client, `${contoso.accountId}/customers/none`)).toBe('400 InvalidScope')
  })

  async function setViewCharges(viewCharges: string): Promise<void> {
    const current = await contoso.owner.client.get(`${contoso.profileId}?api-version=2020-05-01`)
    const { displayName } = current.body.properties
    const path = `${contoso.profileId}/policies/default?api-version=2020-05-01`
    const reply = await contoso.owner.client.put(path, { properties: { viewCharges, displayName } })
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body))
  }
})

test('INV-1: an event that is acknowledged is in the next answer', async () => {
  const before = (await world.costs(contoso.owner.client, scope())).length
  for (let count = 1; count <= 3; count++) {
    await world.use(reporter.client, web, `2026-10-0${count + 5}`, '1', 'disk')
    expect(await world.costs(contoso.owner.client, scope())).toHaveLength(before + count)
  }
})

test('MAU-20: usage of a tenant that nobody pays for is no cost; MAU-24: linked, both meters of the month are', async () => {
  const customer = await world.customer()
  const id = await world.subscription(customer)
  const unlinked = await world.identities.identity(customer.owner)
  const sender = await world.identities.reporter(unlinked.inside)
  await world.signIns({ ...unlinked, subscriptionId: id, reporter: sender }, names('u', 3), '2026-10-09T08:00:00Z')
  expect(await world.costs(customer.owner.client, customer.accountId)).toEqual([])
  const tenant = await world.linkedTenant(customer, id)
  await cloud.clock.set('2026-10-10T12:00:00Z')
  await world.signIns(tenant, names('a', 2), '2026-10-10T08:00:00Z')
  const rows = (await world.costs(customer.owner.client, customer.accountId)) as ModernUsageDetail[]
  expect(rows.map(brief)).toEqual(['monthly-active-users 2026-10-10 2 0.1'])
  expect(rows[0]?.instanceName).toMatch(/b2cDirectories/)
  expect(rows[0]?.resourceGroup).toBe('identity')
})
