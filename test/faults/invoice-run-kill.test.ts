import { expect, test } from 'vitest'
import { killInvoiceRuns } from './invoice-run-campaign.ts'

test('I-14, I-15, F03, F09, INV-14: an invoice run that is killed goes on after the next start, without a second document or number', {
  timeout: 300_000,
}, async () => {
  const outcome = await killInvoiceRuns({ seed: 2, payers: 40, kills: 3, victims: ['server', 'postgres'] })
  expect(outcome.complaints).toEqual([])
})
