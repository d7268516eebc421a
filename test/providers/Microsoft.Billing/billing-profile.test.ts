import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'
import { holder, sdk, v2020 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let fabrikam: Customer

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer()
  fabrikam = await world.customer()
}, 60_000)
afterAll(() => cloud?.stop())

const names = async (pages: AsyncIterable<{ name?: string }>): Promise<(string | undefined)[]> => {
  const all: (string | undefined)[] = []
  for await (const one of pages) all.push(one.name)
  return all
}

describe('profiles', () => {
  test('BIL-4, BIL-6: a new profile has its first section, the plan, and the currency and country of the account', async () => {
    const client = sdk(world, contoso.owner.client)
    const made = await client.billingProfiles.beginCreateOrUpdateAndWait(
      contoso.account,
      'MARKETING',
      { displayName: 'Marketing', poNumber: 'PO-7', billTo: { addressLine1: 'Hamngatan 3', country: 'SE' } },
      { updateIntervalInMs: 10 },
    )
    expect(made).toMatchObject({
      id: `${contoso.accountId}/billingProfiles/MARKETING`,
      displayName: 'Marketing',
      poNumber: 'PO-7',
      currency: 'USD',
      invoiceEmailOptIn: false,
      status: 'Active',
      billTo: { addressLine1: 'Hamngatan 3', country: 'SE' },
      enabledAzurePlans: [{ skuId: '0001' }],
    })
    expect(made.invoiceSections?.value).toHaveLength(1)
    const read = await client.billingProfiles.get(contoso.account, 'marketing', { expand: 'invoiceSections' })
    expect(read.invoiceSections?.value?.[0]?.id).toBe(made.invoiceSections?.value?.[0]?.id)
    expect(await names(client.billingProfiles.listByBillingAccount(contoso.account))).toEqual(
      expect.arrayContaining([contoso.profile, 'MARKETING']),
    )
    const subscriptionId = await world.subscription(contoso, made.invoiceSections?.value?.[0]?.id)
    const billed = await sdk(world, contoso.owner.client, subscriptionId).billingSubscriptions.get(contoso.account)
    expect(billed.billingProfileId).toBe(made.id)
  })

  test('BIL-7: before and with a further profile it is said that tiered prices are computed for each', async () => {
    const { client } = fabrikam.owner
    const before = await client.get(`${fabrikam.accountId}/providers/Tenantry.Billing/newProfileWarnings?${ours}`)
    expect(before).toMatchObject({ status: 200, body: { value: [{ code: 'TiersArePerProfile' }] } })
    // Nothing in this list is counted over a profile.
    expect(before.body.value[0]).toMatchObject({ examples: [] })
    expect(before.body.value[0].message).toContain('nothing costs more')
    const path = `${fabrikam.accountId}/billingProfiles/SECOND?${v2020}`
    const made = await client.put(path, { properties: { displayName: 'Second' } })
    expect(made.status).toBe(201)
    expect(made.headers['x-tenantry-warning']).toContain('each billing profile')
    expect(made.body.properties.warning).toMatchObject({ code: 'TiersArePerProfile' })
    const changed = await client.put(path, { properties: { displayName: 'Second again' } })
    expect(changed).toMatchObject({ status: 200, body: { properties: { displayName: 'Second again' } } })
    expect(changed.headers['x-tenantry-warning']).toBeUndefined()
  })

  test('BIL-7: the figures of the warning come from the prices that the account has', async () => {
    const name = 'split-test'
    const entry = (meterId: string, price: unknown) => ({
      meterId,
      unit: 'TB',
      serviceFamily: 'Storage',
      productName: { en: meterId },
      price,
    })
    expectSuccess(
      await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/${name}/versions/1?${ours}`, {
        properties: {
          currency: 'USD',
          effectiveFrom: '2026-01-01',
          prices: [
            entry('stored', {
              model: 'graduated',
              scope: 'profile',
              tiers: [
                { upTo: '50', unitPrice: '1.84' },
                { upTo: null, unitPrice: '1.77' },
              ],
            }),
            entry('read', { model: 'perUnit', scope: 'profile', unitPrice: '2', includedQuantity: '10' }),
            entry('backup', {
              model: 'graduated',
              scope: 'subscription',
              tiers: [
                { upTo: '50', unitPrice: '9' },
                { upTo: null, unitPrice: '1' },
              ],
            }),
          ],
        },
      }),
    )
    const customer = await world.customer({ priceList: name })
    const warnings = await customer.owner.client.get(
      `${customer.accountId}/providers/Tenantry.Billing/newProfileWarnings?${ours}`,
    )
    // 50 x 1.84 + 50 x 1.77 = 180.5, and 2 x 50 x 1.84 = 184. What is free of charge is free once a profile.
    expect(warnings.body.value[0].examples).toEqual([
      {
        meterId: 'stored',
        productName: 'stored',
        unit: 'TB',
        quantity: '100',
        inOne: '180.5',
        inTwo: '184',
        currency: 'USD',
      },
    ])
    expect(warnings.body.value[0].message).toContain("100 x TB of 'stored' cost 180.5 USD in one profile and 184 USD")
  })

  test('BIL-4: nobody changes the currency or the country of a profile', async () => {
    const { client } = contoso.owner
    expect(
      await client.put(`${contoso.profileId}?${v2020}`, { properties: { displayName: 'Contoso', currency: 'SEK' } }),
    ).toMatchObject({ status: 400, body: { error: { code: 'CurrencyCannotBeChanged' } } })
    expect(
      await client.put(`${contoso.profileId}?${v2020}`, {
        properties: { displayName: 'Contoso', billTo: { addressLine1: 'Gata 1', country: 'NO' } },
      }),
    ).toMatchObject({ status: 400, body: { error: { code: 'CountryCannotBeChanged' } } })
    expect(await client.get(`${contoso.profileId}?${v2020}`)).toMatchObject({
      body: { properties: { currency: 'USD', displayName: 'Contoso', billTo: { country: 'SE' } } },
    })
  })

  test('BIL-4: bill-to, PO number and the wish for invoices by mail are the profile owner’s to change', async () => {
    const owner = await holder(world, contoso, 'BPO')
    const changed = await owner.client.put(`${contoso.profileId}?${v2020}`, {
      properties: {
        displayName: 'Contoso',
        poNumber: 'PO-1',
        invoiceEmailOptIn: true,
        billTo: { companyName: 'Contoso AB', addressLine1: 'Gata 1', city: 'Lund' },
        tags: { team: 'finance' },
      },
    })
    expect(changed).toMatchObject({
      status: 200,
      body: {
        properties: {
          poNumber: 'PO-1',
          invoiceEmailOptIn: true,
          billTo: { companyName: 'Contoso AB', country: 'SE' },
          tags: { team: 'finance' },
        },
      },
    })
    expect(
      await owner.client.put(`${contoso.accountId}/billingProfiles/OWN?${v2020}`, { properties: {} }),
    ).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
  })

  test('BIL-1: a profile is found in its own account only, and its name is nobody else’s', async () => {
    const { client } = contoso.owner
    const inOther = `${contoso.accountId}/billingProfiles/${fabrikam.profile}?${v2020}`
    expect(await client.get(inOther)).toMatchObject({
      status: 404,
      body: { error: { code: 'BillingProfileNotFound' } },
    })
    expect(await client.put(inOther, { properties: { displayName: 'Mine' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'BillingProfileNameTaken' } },
    })
    const theirs = await fabrikam.owner.client.get(`${fabrikam.profileId}?${v2020}`)
    expect(theirs.body.properties.displayName).toBe('Contoso')
  })

  test('BIL-6: first PUTs of one name at the same time make one profile with one section', async () => {
    const path = `${contoso.accountId}/billingProfiles/TWICE?${v2020}`
    const put = () => contoso.owner.client.put(path, { properties: { displayName: 'Twice' } })
    const replies = await Promise.all([put(), put(), put()])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
    const sections = await contoso.owner.client.get(
      `${contoso.accountId}/billingProfiles/TWICE/invoiceSections?${v2020}`,
    )
    expect(sections.body.value).toHaveLength(1)
    const section = () =>
      contoso.owner.client.put(`${contoso.profileId}/invoiceSections/ONCE?${v2020}`, { properties: {} })
    expect((await Promise.all([section(), section()])).map(({ status }) => status).toSorted()).toEqual([200, 201])
  })

  test('BIL-6: every profile has the standard plan, and no other is offered', async () => {
    const put = (enabledAzurePlans: unknown) =>
      contoso.owner.client.put(`${contoso.profileId}?${v2020}`, { properties: { enabledAzurePlans } })
    expect((await put([{ skuId: '0001' }])).status).toBe(200)
    for (const plans of [[], [{ skuId: '0002' }]])
      expect(await put(plans)).toMatchObject({ status: 400, body: { error: { code: 'PlanNotOffered' } } })
  })

  test('BIL-13: purchase policies are read and put', async () => {
    const client = sdk(world, contoso.owner.client)
    expect(await client.policies.getByBillingProfile(contoso.account, contoso.profile)).toMatchObject({
      marketplacePurchases: 'AllAllowed',
      reservationPurchases: 'Allowed',
    })
    const set = await client.policies.update(contoso.account, contoso.profile, { marketplacePurchases: 'NotAllowed' })
    expect(set).toMatchObject({ marketplacePurchases: 'NotAllowed', reservationPurchases: 'Allowed' })
    expect(await client.policies.getByBillingProfile(contoso.account, contoso.profile)).toMatchObject({
      marketplacePurchases: 'NotAllowed',
    })
  })
})

describe('sections', () => {
  test('BIL-5: a section is a name, labels and tags; it is made once and then changed', async () => {
    const client = sdk(world, contoso.owner.client)
    const make = (displayName: string) =>
      client.invoiceSections.beginCreateOrUpdateAndWait(
        contoso.account,
        contoso.profile,
        'Research',
        { displayName, labels: { costCategory: 'r-and-d' }, tags: { team: 'lab' } },
        { updateIntervalInMs: 10 },
      )
    const made = await make('Research')
    expect(made).toMatchObject({
      id: `${contoso.profileId}/invoiceSections/RESEARCH`,
      displayName: 'Research',
      labels: { costCategory: 'r-and-d' },
      state: 'Active',
    })
    expect((await make('Science')).displayName).toBe('Science')
    expect(await names(client.invoiceSections.listByBillingProfile(contoso.account, contoso.profile))).toEqual(
      expect.arrayContaining([contoso.section, 'RESEARCH']),
    )
    expect((await client.invoiceSections.get(contoso.account, contoso.profile, 'research')).displayName).toBe('Science')
  })

  test('BIL-5: a section owner changes its section and makes no other; others see what is theirs', async () => {
    const owner = await holder(world, contoso, 'ISO')
    expect(
      await owner.client.put(`${contoso.sectionId}?${v2020}`, { properties: { displayName: 'Renamed' } }),
    ).toMatchObject({ status: 200, body: { properties: { displayName: 'Renamed' } } })
    expect(
      await owner.client.put(`${contoso.profileId}/invoiceSections/MINE?${v2020}`, { properties: {} }),
    ).toMatchObject({ status: 403 })
    const seen = await owner.client.get(`${contoso.profileId}/invoiceSections?${v2020}`)
    expect(seen.body.value.map((section: { id: string }) => section.id)).toEqual([contoso.sectionId])
    const creator = await holder(world, contoso, 'SC')
    expect(await creator.client.get(`${contoso.profileId}/invoiceSections?${v2020}`)).toMatchObject({ status: 403 })
  })

  test('BIL-1: long lists of sections come in pages whose links are absolute', async () => {
    for (const name of ['A-1', 'A-2', 'A-3'])
      expectSuccess(
        await fabrikam.owner.client.put(`${fabrikam.profileId}/invoiceSections/${name}?${v2020}`, { properties: {} }),
      )
    const seen: string[] = []
    let next: string | undefined = `${cloud.baseUrl}${fabrikam.profileId}/invoiceSections?$top=2&${v2020}`
    for (let page = 0; next !== undefined && page < 5; page++) {
      const { pathname, search }: URL = new URL(next)
      const reply = expectSuccess(await fabrikam.owner.client.get(`${pathname}${search}`))
      seen.push(...reply.body.value.map((section: { name: string }) => section.name))
      next = reply.body.nextLink
      if (next !== undefined) expect(next.startsWith(`${cloud.baseUrl}/`)).toBe(true)
    }
    expect(seen.toSorted()).toEqual(['A-1', 'A-2', 'A-3', fabrikam.section].toSorted())
  })
})
