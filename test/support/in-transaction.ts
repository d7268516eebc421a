import { setTimeout as wait } from 'node:timers/promises'
import type { TestCloud } from './cloud.ts'

/**
 * Sends a request while another transaction has done its work and not yet committed, and commits when the request has had
 * time to wait for it: two at once, in an order that does not depend on chance.
 */
export async function duringTransaction<T>(
  cloud: TestCloud,
  statements: readonly (readonly [sql: string, ...values: unknown[]])[],
  send: () => Promise<T>,
): Promise<T> {
  const client = await cloud.running.pool.connect()
  try {
    await client.query('begin')
    for (const [sql, ...values] of statements) await client.query(sql, values)
    const sent = send()
    await wait(700)
    await client.query('commit')
    return await sent
  } finally {
    client.release()
  }
}
