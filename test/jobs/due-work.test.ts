import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationContext } from '../../src/operations/context.ts'
import { runDueWorkOneByOne, runDueWorkUpTo } from '../../src/operations/run-due-work.ts'
import { insertDueWork } from '../../src/store/due-work.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

const dueAt = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute))
const workId = (number: number): string => `d0000000-0000-4000-8000-00000000000${number}`

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

/** What this work looks at of its context: the database and the instant. */
const contextAt = (db: OperationContext['db'], now: Date) => ({ db, now }) as OperationContext
const inTransaction = <T>(run: (context: OperationContext) => Promise<T>): Promise<T> =>
  cloud.running.db.transaction().execute((scope) => run(contextAt(scope, dueAt(30))))

test('D6: work is done in the order of its instants, each at its own, and no earlier', async () => {
  const { db } = cloud.running
  for (const [number, minute] of [3, 1, 2, 45].entries())
    await insertDueWork(db, { id: workId(number), dueAt: dueAt(minute), kind: 'note', payload: { minute } })
  const done: unknown[] = []
  const note = async ({ now }: OperationContext, payload: object): Promise<void> =>
    void done.push([now.getUTCMinutes(), payload])
  await inTransaction((context) => runDueWorkUpTo({ note }, context, dueAt(30)))
  await inTransaction((context) => runDueWorkUpTo({ note }, context, dueAt(30)))
  expect(done).toEqual([
    [1, { minute: 1 }],
    [2, { minute: 2 }],
    [3, { minute: 3 }],
  ])
})

test('D10: work that fails is reported and kept for the next time, and what is due after it is done', async () => {
  const { db } = cloud.running
  await insertDueWork(db, { id: workId(5), dueAt: dueAt(10), kind: 'fragile', payload: {} })
  await insertDueWork(db, { id: workId(6), dueAt: dueAt(11), kind: 'note', payload: {} })
  const done: string[] = []
  let isBroken = true
  const kinds = {
    note: async () => void done.push('note'),
    fragile: async () => {
      if (isBroken) throw new Error('not today')
      done.push('fragile')
    },
  }
  const failures: string[] = []
  const run = (): Promise<void> => runDueWorkOneByOne(kinds, inTransaction, (error) => failures.push(String(error)))
  await run()
  expect([done, failures]).toEqual([['note'], ['Error: not today']])
  isBroken = false
  await run()
  await run()
  expect([done, failures]).toEqual([['note', 'fragile'], ['Error: not today']])
})
