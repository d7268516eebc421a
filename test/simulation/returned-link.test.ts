import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { Company, expectDone, linkPath, nameIssuer, own } from './company.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-11-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

test('DEC-9, DEC-34: a link that left and came back pays with whoever was told first of a use of it there', async () => {
  await nameIssuer(cloud)
  const company = await Company.found(cloud, 'returning')
  const payer = await company.payer('returning', 'EUR', 'illustration')
  const [here, there] = [
    await company.subscription(payer.sectionId, 'here'),
    await company.subscription(payer.sectionId, 'there'),
  ]
  const tenant = await company.identityTenant('returning1')
  const { owner } = company
  const move = async (from: string, to: string): Promise<void> => {
    const body = {
      resources: [linkPath(from, tenant.domain).split('?')[0]],
      targetResourceGroup: `/subscriptions/${to}/resourceGroups/identity`,
    }
    const path = `/subscriptions/${from}/resourceGroups/identity/moveResources?api-version=2021-04-01`
    expectDone(await owner.finish(expectDone(await owner.post(path, body), 'a move')), 'a move')
  }
  const signIn = async (time: string): Promise<void> => {
    const event = {
      specversion: '1.0',
      type: 'tenantry.authentication.v1',
      source: '/returning',
      id: time,
      time,
      subject: 'anna',
      data: { tenantId: tenant.id, kind: 'interactiveSignIn' },
    }
    const batch = { 'content-type': 'application/cloudevents-batch+json' }
    expectDone(await tenant.reporter.post('/events', [event], batch), 'a sign-in')
  }
  expectDone(await owner.put(linkPath(here, tenant.domain), { properties: {} }), 'a link')
  await cloud.clock.set('2019-11-10T00:00:00Z')
  await move(here, there)
  await cloud.clock.set('2019-11-20T00:00:00Z')
  await move(there, here)
  await cloud.clock.set('2019-11-25T00:00:00Z')
  await signIn('2019-11-21T00:00:00Z')
  await cloud.clock.set('2019-11-26T00:00:00Z')
  const section = await owner.put(`${payer.profileId}/invoiceSections/RETU-RNED-LIN-KED?api-version=2020-05-01`, {
    properties: { displayName: 'Later payer' },
  })
  const account = payer.profileId.split('/billingProfiles/')[0]
  expectDone(
    await owner.post(`${account}/billingSubscriptions/${here}/move?api-version=2020-05-01`, {
      destinationInvoiceSectionId: expectDone(section, 'a section').body.id,
    }),
    'a change of payer',
  )
  await cloud.clock.set('2019-11-27T00:00:00Z')
  await signIn('2019-11-12T00:00:00Z')
  await signIn('2019-11-05T00:00:00Z')

  const preview = await cloud.operator.post(`${payer.profileId}/providers/Tenantry.Billing/preview?${own}`, {
    properties: { period: '2019-11' },
  })
  const { sections } = expectDone(preview, 'a preview').body.properties.document
  expect(sections.map(({ name }: { name: string }) => name)).toEqual([payer.section])
  const audit = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(audit.checks.flatMap((check) => check.violations)).toEqual([])
})
