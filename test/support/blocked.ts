import type pg from 'pg'

/**
 * Holds locks in a transaction of its own while a request is made, and lets go when the request has to wait for them or
 * has been answered without; what was answered in the end.
 */
export async function answerBesideLocks<Answer>(
  pool: pg.Pool,
  hold: (client: pg.PoolClient) => Promise<unknown>,
  request: () => Promise<Answer>,
): Promise<Answer> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await hold(client)
    const pid = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    let isAnswered = false
    const answer = request().finally(() => {
      isAnswered = true
    })
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await client.query(
        'select from pg_locks where not granted and $1 = any(pg_blocking_pids(pid)) limit 1',
        [pid.rows[0]?.pid],
      )
      return rows.length > 0
    }
    while (!isAnswered && !(await isWaiting())) await new Promise((resolve) => setTimeout(resolve, 20))
    await client.query('commit')
    return await answer
  } finally {
    client.release()
  }
}
