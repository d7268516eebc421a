import { expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { Company, expectDone, linkPath, nameIssuer, own } from '../simulation/company.ts'
import { chanceOf } from '../simulation/seeded.ts'
import { startTestCloud } from '../support/cloud.ts'

const wanted = Number(process.env.TENANTRY_EVENTS ?? 1_000_000)
const inBatch = 10_000

test('D11: a million events with their invoices are audited in reasonable time', async () => {
  const cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  try {
    const chance = chanceOf(1)
    await nameIssuer(cloud)
    const company = await Company.found(cloud, 'million')
    const payer = await company.payer('million', 'EUR', 'illustration')
    const subscription = await company.subscription(payer.sectionId, 'million')
    const tenants = [await company.identityTenant('legacy'), await company.identityTenant('modern')]
    const path = (index: number): string => linkPath(subscription, tenants[index]!.domain)
    expectDone(await company.owner.put(path(0), { properties: {} }), 'a link')
    await cloud.clock.set('2019-11-03T00:00:00Z')
    expectDone(await company.owner.put(path(1), { properties: {} }), 'a link')
    let sent = 0
    for (const month of [10, 11, 12]) {
      await cloud.clock.set(new Date(Date.UTC(2019, month, 15)).toISOString())
      const upgrade = { properties: { billingConfig: { billingType: 'MAU' } } }
      if (month === 11) expectDone(await company.owner.patch(path(0), upgrade), 'an upgrade')
      await cloud.clock.set(new Date(Date.UTC(2019, month + 1, 1)).toISOString())
      for (let batch = 0; batch < wanted / 3 / inBatch; batch++) {
        const { id: tenantId, reporter } = tenants[batch % 2]!
        const events = Array.from({ length: inBatch }, () => ({
          specversion: '1.0',
          type: 'tenantry.authentication.v1',
          source: '/million',
          id: `m-${(sent += 1)}`,
          time: new Date(Date.UTC(2019, month, 1) + chance.int(29 * 86_400_000)).toISOString(),
          subject: `user-${chance.int(100_000)}`,
          data: { tenantId, kind: 'tokenRefresh' },
        }))
        expectDone(
          await reporter.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' }),
          'a report',
        )
      }
      await cloud.clock.set(new Date(Date.UTC(2019, month + 1, 4)).toISOString())
      const period = new Date(Date.UTC(2019, month, 1)).toISOString().slice(0, 7)
      const run = await cloud.operator.put(`/providers/Tenantry.Billing/invoiceRuns/${period}?${own}`, {})
      expectDone(await cloud.operator.finish(expectDone(run, 'a run')), 'a run')
    }
    const began = performance.now()
    let last = began
    let step = ''
    const report = await runAudit({ connectionString: cloud.running.databaseUrl }, (progress) => {
      const now = performance.now()
      if (now - last > 1000) process.stdout.write(`${((now - last) / 1000).toFixed(1)} s  ${step}\n`)
      last = now
      step = progress.step
    })
    process.stdout.write(`${sent} events audited in ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
    expect(report.checks.flatMap((check) => check.violations)).toEqual([])
  } finally {
    await cloud.stop()
  }
})
