import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemTimers } from '../../src/adapters/timers.ts'
import { replayFile } from '../../src/cli/replay.ts'
import { Session } from '../../src/cli/session.ts'
import type { InvoiceDocument } from '../../src/domain/billing/invoice-document.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
let session: Session
beforeAll(async () => {
  cloud = await startTestCloud()
  session = new Session(
    cloud.baseUrl,
    cloud.caPem,
    cloud.running.operator,
    systemTimers(() => undefined),
  )
})
afterAll(async () => {
  session?.close()
  await cloud?.stop()
})

const play = (name: string) =>
  replayFile(session, fileURLToPath(new URL(`../../examples/${name}.scenario.jsonl`, import.meta.url)), false)

function totalsOf(saved: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(saved).flatMap(([key, document]) =>
    key.startsWith('statement:') ? (document as InvoiceDocument).summary.total : [],
  )
}

test('MAU-24, MAU-27: the shipped scenario of an identity tenant ends with 10.50 and 12.50', async () => {
  expect(totalsOf((await play('identity-tenant')).saved)).toEqual(['10.50', '12.50'])
})

test('MAU-17, MAU-18, DEC-18: the shipped scenario of a pooled free quantity plays after it and ends with 0.25', async () => {
  expect(totalsOf((await play('pooled-free-tier')).saved)).toEqual(['0.25'])
})

test('SUB-20, OWN-9, OWN-12: the shipped scenario of one account for two tenants plays after them and ends with 0.60', async () => {
  expect(totalsOf((await play('billing-across-tenants')).saved)).toEqual(['0.60'])
})
