import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer } from '../Tenantry.Billing/billing-world.ts'
import { holder, nobody, sdk, v2020 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let fabrikam: Customer

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer({ soldTo: { addressLine1: 'Storgatan 1', city: 'Malmö', country: 'SE' } })
  fabrikam = await world.customer({ displayName: 'Fabrikam' })
}, 60_000)
afterAll(() => cloud?.stop())

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of pages) all.push(one)
  return all
}

describe('the unchanged SDK', () => {
  test('BIL-1, BIL-2: a sign-up is an account with one profile, one section, the standard plan and one owner', async () => {
    const client = sdk(world, contoso.owner.client)
    const [account, ...others] = await collect(
      client.billingAccounts.list({ expand: 'soldTo,billingProfiles,billingProfiles/invoiceSections' }),
    )
    expect(others).toEqual([])
    expect(account).toMatchObject({
      id: contoso.accountId,
      name: contoso.account,
      type: 'Microsoft.Billing/billingAccounts',
      displayName: 'Contoso',
      agreementType: 'MicrosoftCustomerAgreement',
      accountType: 'Enterprise',
      accountStatus: 'Active',
      hasReadAccess: true,
      soldTo: { addressLine1: 'Storgatan 1', city: 'Malmö', country: 'SE' },
    })
    const profiles = account?.billingProfiles?.value ?? []
    expect(profiles).toHaveLength(1)
    expect(profiles[0]).toMatchObject({
      id: contoso.profileId,
      currency: 'USD',
      invoiceEmailOptIn: false,
      status: 'Active',
      enabledAzurePlans: [{ skuId: '0001' }],
    })
    expect(profiles[0]?.invoiceSections?.value?.map((section) => section.id)).toEqual([contoso.sectionId])
    const assignments = await collect(client.billingRoleAssignments.listByBillingAccount(contoso.account))
    expect(assignments.map(({ principalId }) => principalId)).toEqual([contoso.owner.objectId])
  })

  test('BIL-1: an account is read by its name in any casing, raw and percent-encoded', async () => {
    const client = sdk(world, contoso.owner.client)
    const account = await client.billingAccounts.get(contoso.account.toUpperCase(), { expand: 'billingProfiles' })
    expect(account.id).toBe(contoso.accountId)
    expect(account.billingProfiles?.value).toHaveLength(1)
    const raw = await contoso.owner.client.get(
      `/PROVIDERS/microsoft.billing/BillingAccounts/${contoso.account.replaceAll(':', '%3A')}?${v2020}`,
    )
    expect(raw).toMatchObject({ status: 200, body: { name: contoso.account } })
  })

  test('BIL-16 A4: an account changes its name and address, and keeps its country (BIL-4)', async () => {
    const client = sdk(world, fabrikam.owner.client)
    const soldTo = { addressLine1: 'Kungsgatan 2', city: 'Lund', country: 'SE', postalCode: '222 22' }
    const updated = await client.billingAccounts.beginUpdateAndWait(
      fabrikam.account,
      { displayName: 'Fabrikam AB', soldTo, notificationEmailAddress: 'invoices@fabrikam.example' },
      { updateIntervalInMs: 10 },
    )
    expect(updated).toMatchObject({
      displayName: 'Fabrikam AB',
      soldTo,
      notificationEmailAddress: 'invoices@fabrikam.example',
    })
    expect(await client.billingAccounts.get(fabrikam.account)).toMatchObject({ displayName: 'Fabrikam AB', soldTo })
    const abroad = await fabrikam.owner.client.patch(`${fabrikam.accountId}?${v2020}`, {
      properties: { soldTo: { ...soldTo, country: 'NO' } },
    })
    expect(abroad).toMatchObject({ status: 400, body: { error: { code: 'CountryCannotBeChanged' } } })
  })

  test('BIL-14: the sections in which subscriptions may be created are listed in a page of their own', async () => {
    const sections = await collect(
      sdk(world, contoso.owner.client).billingAccounts.listInvoiceSectionsByCreateSubscriptionPermission(
        contoso.account,
      ),
    )
    expect(sections).toMatchObject([
      {
        invoiceSectionId: contoso.sectionId,
        billingProfileId: contoso.profileId,
        billingProfileStatus: 'Active',
        enabledAzurePlans: [{ skuId: '0001' }],
      },
    ])
  })

  test('D7: agreements, balance, customers, products and enrolments answer as the client expects', async () => {
    const client = sdk(world, contoso.owner.client)
    const [agreement] = await collect(client.agreements.listByBillingAccount(contoso.account))
    expect(agreement).toMatchObject({ category: 'MicrosoftCustomerAgreement', status: 'Active' })
    expect((await client.agreements.get(contoso.account, agreement?.name ?? '')).effectiveDate).toEqual(
      new Date('2026-10-01T00:00:00Z'),
    )
    expect((await client.availableBalances.get(contoso.account, contoso.profile)).amount).toEqual({
      currency: 'USD',
      value: 0,
    })
    expect(await collect(client.customers.listByBillingAccount(contoso.account))).toEqual([])
    expect(
      await collect(client.products.listByInvoiceSection(contoso.account, contoso.profile, contoso.section)),
    ).toEqual([])
    expect(await collect(client.reservations.listByBillingAccount(contoso.account))).toEqual([])
    expect(await collect(client.instructions.listByBillingProfile(contoso.account, contoso.profile))).toEqual([])
    expect(await collect(client.enrollmentAccounts.list())).toEqual([])
    expect((await collect(client.operations.list())).length).toBeGreaterThan(20)
    expect(await client.address.validate({ addressLine1: 'Storgatan 1', country: 'SE' })).toMatchObject({
      status: 'Valid',
    })
    expect(await client.address.validate({ addressLine1: 'Storgatan 1', country: 'Sweden' })).toMatchObject({
      status: 'Invalid',
    })
  })
})

describe('who sees what', () => {
  test('BIL-3: an account is unknown to everybody outside its tenant, like one that does not exist', async () => {
    const foreign = await fabrikam.owner.client.get(`${contoso.accountId}?${v2020}`)
    const absent = await fabrikam.owner.client.get(`${nobody}?${v2020}`)
    expect(foreign.status).toBe(404)
    expect(absent.status).toBe(404)
    expect(foreign.body.error.code).toBe(absent.body.error.code)
    const mine = await fabrikam.owner.client.get(`/providers/Microsoft.Billing/billingAccounts?${v2020}`)
    expect(mine.body.value.map((account: { name: string }) => account.name)).toEqual([fabrikam.account])
  })

  test('BIL-16: a user of the tenant without a role sees an empty list, and is refused everything by name', async () => {
    const { client } = await holder(world, contoso)
    expect((await client.get(`/providers/Microsoft.Billing/billingAccounts?${v2020}`)).body).toEqual({ value: [] })
    for (const path of ['', '/billingProfiles', '/billingSubscriptions', '/billingRoleAssignments', '/agreements'])
      expect(await client.get(`${contoso.accountId}${path}?${v2020}`), path).toMatchObject({
        status: 403,
        body: { error: { code: 'AuthorizationFailed' } },
      })
    expect(await client.get(`${contoso.accountId}/billingProfiles/ABSENT?${v2020}`)).toMatchObject({ status: 403 })
    const sections = await client.post(
      `${contoso.accountId}/listInvoiceSectionsWithCreateSubscriptionPermission?${v2020}`,
    )
    expect(sections.status).toBe(403)
  })

  test('BIL-16 A3: who has a role further down knows the account by its name only', async () => {
    const { client } = await holder(world, contoso, 'ISR')
    const list = await client.get(
      `/providers/Microsoft.Billing/billingAccounts?$expand=billingProfiles/invoiceSections&${v2020}`,
    )
    const [account] = list.body.value
    expect(account.properties).toMatchObject({ displayName: 'Contoso', hasReadAccess: false })
    expect(account.properties.soldTo).toBeUndefined()
    const [profile] = account.properties.billingProfiles.value
    expect(Object.keys(profile.properties).sort()).toEqual(['displayName', 'hasReadAccess', 'invoiceSections'])
    expect(profile.properties.hasReadAccess).toBe(false)
    expect(profile.properties.invoiceSections.value.map((section: { id: string }) => section.id)).toEqual([
      contoso.sectionId,
    ])
    expect(await client.get(`${contoso.accountId}?${v2020}`)).toMatchObject({ status: 403 })
  })

  test('BIL-21: a stand-alone account is one profile with one section that nobody sees', async () => {
    const alone = await world.customer({ agreementType: 'MicrosoftOnlineServicesProgram', displayName: 'Ada' })
    const { client } = alone.owner
    const sections = await client.get(`${alone.profileId}/invoiceSections?${v2020}`)
    expect(sections.body.value).toEqual([])
    expect(await client.get(`${alone.sectionId}?${v2020}`)).toMatchObject({ status: 404 })
    expect(await client.put(`${alone.profileId}/invoiceSections/SECOND?${v2020}`, { properties: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'AgreementHasOneSection' } },
    })
    expect(await client.put(`${alone.accountId}/billingProfiles/SECOND?${v2020}`, { properties: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'AgreementHasOneProfile' } },
    })
    const account = await client.get(`${alone.accountId}?${v2020}`)
    expect(account.body.properties).toMatchObject({
      agreementType: 'MicrosoftOnlineServicesProgram',
      accountType: 'Individual',
    })
    const subscriptionId = await world.subscription(alone)
    const billed = await client.get(`${alone.accountId}/billingSubscriptions/${subscriptionId}?${v2020}`)
    expect(billed.body.properties.billingProfileId).toBe(alone.profileId)
    expect(billed.body.properties.invoiceSectionId).toBeUndefined()
  })

  test('D7: what cannot be expanded or is not offered is refused by name', async () => {
    const { client } = contoso.owner
    expect(await client.get(`${contoso.accountId}?$expand=secrets&${v2020}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidExpand' } },
    })
    expect(
      await client.patch(`${contoso.accountId}?${v2020}`, { properties: { departments: [{ name: 'IT' }] } }),
    ).toMatchObject({ status: 400 })
    expect(await cloud.as(undefined).get(`${contoso.accountId}?${v2020}`)).toMatchObject({ status: 401 })
  })
})
