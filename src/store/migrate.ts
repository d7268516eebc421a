import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'

const folder = new URL('./migrations/', import.meta.url)

export interface MigrationFile {
  readonly name: string
  readonly sql: string
}

export async function listMigrations(): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(new URL(name, folder), 'utf8') })))
}

/**
 * Applies what is new, each file in one transaction, forward only. Two processes that start together take turns;
 * the number is written first, so that a rival which did not wait is noticed.
 */
export async function migrate(pool: pg.Pool, appliedAt: Date, onApplied?: (name: string) => void): Promise<string[]> {
  const applied: string[] = []
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock(7261000)')
    await client.query('create table if not exists migration (name text primary key, applied_at timestamptz not null)')
    const known = new Set(
      (await client.query<{ name: string }>('select name from migration')).rows.map((row) => row.name),
    )
    for (const file of await listMigrations()) {
      if (known.has(file.name)) continue
      await client.query('begin')
      try {
        await client.query('insert into migration (name, applied_at) values ($1, $2)', [file.name, appliedAt])
        await client.query(file.sql)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(`migration ${file.name} failed: ${(error as Error).message}`, { cause: error })
      }
      applied.push(file.name)
      onApplied?.(file.name)
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock(7261000)').catch(() => undefined)
    client.release()
  }
}
