import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { startTestCloud, type Client, type Reply, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

const tenantry = 'api-version=2026-11-01'
const workforceTenant = '3f7a1c52-0000-4000-8000-000000000001'
const identityTenant = '3f7a1c52-0000-4000-8000-000000000002'
const domain = 'contosoid.onmicrosoft.com'

function must(reply: Reply, ...statuses: number[]): Reply {
  expect(statuses, JSON.stringify(reply.body)).toContain(reply.status)
  return reply
}

const signIn = (user: string, time: string, id: string): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source: 'https://login.contoso.example',
  type: 'tenantry.authentication.v1',
  subject: user,
  time,
  data: { tenantId: identityTenant, kind: 'interactive' },
})

async function report(reporter: Client, events: readonly unknown[]): Promise<string[]> {
  const reply = must(
    await reporter.send('POST', '/events', JSON.stringify(events), {
      'content-type': 'application/cloudevents-batch+json',
    }),
    200,
  )
  return (reply.body as { status: string }[]).map((item) => item.status)
}

test('MAU-25, INV-10: the month of change bills 300 authentications and 150 active users, and the audit agrees', async () => {
  const { operator } = cloud
  // A provider's customer: its tenant with a first administrator, its billing account, its subscription.
  const tenant = must(
    await operator.put(`/providers/Tenantry.Directory/tenants/${workforceTenant}?${tenantry}`, {
      properties: {
        displayName: 'Contoso',
        initialDomainLabel: 'contoso',
        countryCode: 'SE',
        kind: 'workforce',
        administrator: { displayName: 'Olga Owner', userPrincipalName: 'olga@contoso.onmicrosoft.com' },
      },
    }),
    201,
  )
  const olgaId = tenant.body.properties.administrator.objectId as string
  must(
    await operator.put(`/providers/Tenantry.Billing/issuer?${tenantry}`, {
      properties: {
        legalName: 'Nordic Cloud Works AB',
        taxId: 'SE556677889901',
        paymentTermsDays: 30,
        address: { addressLine1: 'Storgatan 1', postalCode: '111 22', city: 'Stockholm', country: 'SE' },
        bankDetails: { iban: 'SE3550000000054910000003', bic: 'ESSESESS' },
        taxRates: [],
      },
    }),
    200,
    201,
  )
  const signUp = must(
    await operator.put(`/providers/Tenantry.Billing/signUps/contoso?${tenantry}`, {
      properties: {
        tenantId: workforceTenant,
        owner: { objectId: olgaId },
        displayName: 'Contoso',
        currency: 'USD',
        countryCode: 'SE',
        priceList: 'illustration',
      },
    }),
    201,
  )
  const olga = cloud.as(await cloud.userToken(workforceTenant, olgaId))
  const alias = must(
    await olga.put('/providers/Microsoft.Subscription/aliases/production?api-version=2021-10-01', {
      properties: {
        displayName: 'Production',
        workload: 'Production',
        billingScope: signUp.body.properties.invoiceSectionId,
      },
    }),
    200,
    201,
  )
  const subscription = `/subscriptions/${alias.body.properties.subscriptionId}`
  must(
    await olga.put(`${subscription}/resourcegroups/identity?api-version=2021-04-01`, { location: 'westeurope' }),
    201,
  )
  must(
    await operator.put(`/providers/Tenantry.Directory/tenants/${identityTenant}?${tenantry}`, {
      properties: {
        displayName: 'Contoso customers',
        initialDomainLabel: 'contosoid',
        countryCode: 'SE',
        kind: 'identity',
        administrator: { homeTenantId: workforceTenant, homeObjectId: olgaId },
      },
    }),
    201,
  )
  const link = `${subscription}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domain}`
  const linked = must(
    await olga.put(`${link}?api-version=2021-04-01`, {
      location: 'Europe',
      sku: { name: 'PremiumP1', tier: 'A0' },
      properties: { tenantId: identityTenant },
    }),
    200,
    201,
  )
  expect(linked.body.properties.billingConfig.billingType).toBe('Auths')

  // The application that reports the tenant's sign-ins.
  const inTenant = cloud.as(await cloud.userToken(identityTenant, await accountOf(olgaId)))
  const application = must(await inTenant.post('/v1.0/applications', { displayName: 'Reporter' }), 201)
  const secret = must(await inTenant.post(`/v1.0/applications/${application.body.id}/addPassword`, {}), 200)
  const principal = must(await inTenant.post('/v1.0/servicePrincipals', { appId: application.body.appId }), 201)
  const metering = must(
    await inTenant.get(`/v1.0/servicePrincipals?$filter=${encodeURIComponent("displayName eq 'Tenantry Metering'")}`),
    200,
  )
  const resource = metering.body.value[0]
  must(
    await inTenant.post(`/v1.0/servicePrincipals/${principal.body.id}/appRoleAssignments`, {
      principalId: principal.body.id,
      resourceId: resource.id,
      appRoleId: resource.appRoles[0].id,
    }),
    201,
  )
  const reporter = cloud.as(
    await cloud.applicationToken(identityTenant, application.body.appId, secret.body.secretText),
  )

  // 100 users sign in three times each before the change on the 10th.
  await cloud.clock.set('2019-11-10T14:23:07Z')
  const before = Array.from({ length: 300 }, (_unused, index) =>
    signIn(`user-${index % 100}`, `2019-11-0${1 + (index % 9)}T08:00:00Z`, `before-${index}`),
  )
  expect(new Set(await report(reporter, before))).toEqual(new Set(['accepted']))
  expect(new Set(await report(reporter, before))).toEqual(new Set(['duplicate']))
  const changed = must(
    await olga.patch(`${link}?api-version=2021-04-01`, { properties: { billingConfig: { billingType: 'MAU' } } }),
    200,
  )
  expect(changed.body.properties.billingConfig.billingType).toBe('MAU')
  const back = await olga.patch(`${link}?api-version=2021-04-01`, {
    properties: { billingConfig: { billingType: 'Auths' } },
  })
  expect(back).toMatchObject({ status: 409, body: { error: { code: 'BillingModelIrreversible' } } })

  // After it, the same 100 come again and 150 others for the first time.
  await cloud.clock.set('2019-11-30T12:00:00Z')
  const after = Array.from({ length: 250 }, (_unused, index) =>
    signIn(`user-${index}`, '2019-11-20T08:00:00Z', `after-${index}`),
  )
  expect(new Set(await report(reporter, after))).toEqual(new Set(['accepted']))

  await cloud.clock.set('2019-12-04T00:00:01Z')
  await runInvoices('2019-11')
  expect(await linesOf(olga, '2019-11')).toEqual([
    ['authentications', '300', '3.00'],
    ['monthly-active-users', '150', '7.50'],
  ])

  const december = Array.from({ length: 250 }, (_unused, index) =>
    signIn(`user-${index}`, '2019-12-02T08:00:00Z', `december-${index}`),
  )
  expect(new Set(await report(reporter, december))).toEqual(new Set(['accepted']))
  await cloud.clock.set('2020-01-04T00:00:01Z')
  await runInvoices('2019-12')
  expect(await linesOf(olga, '2019-12')).toEqual([['monthly-active-users', '250', '12.50']])
  const audit = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(audit.checks.flatMap((check) => check.violations)).toEqual([])
  expect(audit.isClean).toBe(true)
})

async function accountOf(homeObjectId: string): Promise<string> {
  const row = await cloud.running.db
    .selectFrom('user_account')
    .select('id')
    .where('home_object_id', '=', homeObjectId)
    .where('tenant_id', '=', identityTenant)
    .executeTakeFirstOrThrow()
  return row.id
}

async function runInvoices(period: string): Promise<void> {
  const asked = must(
    await cloud.operator.put(`/providers/Tenantry.Billing/invoiceRuns/${period}?${tenantry}`, { properties: {} }),
    202,
  )
  must(await cloud.operator.finish(asked), 200)
  const again = must(
    await cloud.operator.put(`/providers/Tenantry.Billing/invoiceRuns/${period}?${tenantry}`, { properties: {} }),
    200,
  )
  expect(again.body.properties.parked ?? []).toEqual([])
}

async function linesOf(client: Client, period: string): Promise<string[][]> {
  const row = await cloud.running.db
    .selectFrom('invoice')
    .select('number')
    .where('period', '=', period)
    .executeTakeFirstOrThrow()
  const reply = must(
    await client.get(`/providers/Tenantry.Billing/invoices/${row.number}/documents/json?${tenantry}`),
    200,
  )
  return reply.body.sections.flatMap(
    (section: { products: { serviceFamilies: { lines: Record<string, string>[] }[] }[] }) =>
      section.products.flatMap((product) =>
        product.serviceFamilies.flatMap((family) =>
          family.lines.map((line) => [line.meterId, line.quantity, line.charge]),
        ),
      ),
  )
}
