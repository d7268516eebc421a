import { expect, test } from 'vitest'
import { killInvoiceRuns } from '../faults/invoice-run-campaign.ts'
import { campaign } from '../faults/kill-campaign.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const kills = Number(process.env.TENANTRY_KILLS ?? 50)
const median = (figures: readonly number[]): number =>
  Math.round(figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0)
const most = (figures: readonly number[]): number => Math.round(Math.max(...figures))

test('I-01, I-02, F01, F02, F30, F33: 50 kills of server and database lose nothing acknowledged and double nothing', async () => {
  const victims = ['server', 'postgres'] as const
  const outcome = await campaign({ seed: 50, kills, victims, auditEvery: 5, report: say })
  say(
    `${kills} kills: ${outcome.acknowledged} acknowledged, ${outcome.stored} stored, ${outcome.unanswered} batches ` +
      `unanswered; serving again after ${median(outcome.restartsMs)} ms (most ${most(outcome.restartsMs)}); ` +
      `ended after ${median(outcome.endedAfterMs)} ms (most ${most(outcome.endedAfterMs)})`,
  )
  expect(outcome.complaints).toEqual([])
  expect(outcome.stored).toBe(outcome.acknowledged)
})

test('F03, F09: ten killed invoice runs of 150 payers leave one document and one number for each', async () => {
  const victims = ['server', 'postgres'] as const
  const outcome = await killInvoiceRuns({ seed: 10, payers: 150, kills: 10, victims, report: say })
  say(`issued when killed: ${outcome.issuedAtKill.join(', ')}; done after ${median(outcome.resumedMs)} ms`)
  expect(outcome.complaints).toEqual([])
})
