import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { newBrowser } from './browser.ts'
import { codeFor, newApplication, redeem, withCode } from './sign-in-fixture.ts'

let cloud: TestCloud
let home: NewTenant
let person: { readonly id: string; readonly userName: string }
const identityTenant = '33333333-aaaa-4aaa-8aaa-000000000001'
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  home = await newTenant(cloud, 'confined')
  person = { id: (await home.newUser('anna')).id, userName: `anna@${home.domain}` }
  const made = await cloud.operator.put(
    `/providers/Tenantry.Directory/tenants/${identityTenant}?api-version=2026-11-01`,
    {
      properties: {
        displayName: 'Customers',
        initialDomainLabel: 'confinedcustomers',
        countryCode: 'SE',
        kind: 'identity',
        administrator: { homeTenantId: home.id, homeObjectId: person.id },
      },
    },
  )
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
})
afterAll(() => cloud.stop())

const linkable = async (token: string): Promise<unknown[]> =>
  (await cloud.as(token).get('/providers/Microsoft.AzureActiveDirectory/b2ctenants?api-version=2021-04-01')).body.value

test('S12, MAU-5: a client of the platform acts wherever the person has an account, an application of a tenant there alone', async () => {
  const application = await newApplication(home)
  const browser = newBrowser(cloud)
  await browser.signIn(person.userName, password)
  const code = await codeFor(browser, home.id, application.appId)
  const tokens = await redeem(cloud, home.id, withCode(application.appId, code))
  expect(tokens.status, JSON.stringify(tokens.body)).toBe(200)
  expect(await linkable(tokens.body.access_token)).toEqual([])
  expect(await linkable(await cloud.userToken(home.id, person.id))).toMatchObject([
    { properties: { tenantId: identityTenant } },
  ])
})
