import type { TestCloud } from '../support/cloud.ts'

/** Rows of a table as texts, with the transaction that wrote each. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, string>>

export interface TableChange {
  /** The transactions that wrote the rows that are new or different. */
  readonly writers: ReadonlySet<string>
  readonly removed: number
}

export interface AuditRow {
  readonly sequence: string
  readonly principal_id: string | null
  readonly tenant_id: string | null
  readonly action: string
  readonly scope: string
  readonly before: unknown
  readonly after: unknown
  readonly correlation_id: string
  readonly writer: string
  readonly text: string
}

/** Every table, byte for byte. */
export async function takeSnapshot(cloud: TestCloud): Promise<Snapshot> {
  const { pool } = cloud.running
  const tables = await listTables(cloud)
  const parts = tables.map(
    (table) => `select '${table}' as name, xmin::text as writer, t::text as text from ${table} t`,
  )
  const { rows } = await pool.query<{ name: string; writer: string; text: string }>(parts.join(' union all '))
  const snapshot = new Map<string, Map<string, string>>(tables.map((table) => [table, new Map()]))
  for (const { name, writer, text } of rows) snapshot.get(name)?.set(text, writer)
  return snapshot
}

export async function listTables(cloud: TestCloud): Promise<string[]> {
  const { rows } = await cloud.running.pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

export function changesBetween(before: Snapshot, after: Snapshot): ReadonlyMap<string, TableChange> {
  const changes = new Map<string, TableChange>()
  for (const [table, rows] of after) {
    const old = before.get(table) ?? new Map<string, string>()
    const writers = new Set([...rows].filter(([text]) => !old.has(text)).map(([, writer]) => writer))
    const removed = [...old.keys()].filter((text) => !rows.has(text)).length
    if (writers.size > 0 || removed > 0) changes.set(table, { writers, removed })
  }
  return changes
}

export async function auditRowsAfter(cloud: TestCloud, sequence: string): Promise<AuditRow[]> {
  const { rows } = await cloud.running.pool.query<AuditRow>(
    `select sequence::text, principal_id, tenant_id, action, scope, before, after, correlation_id, xmin::text as writer,
       r::text as text
     from audit_record r where sequence > $1 order by sequence`,
    [sequence],
  )
  return rows
}

export async function lastAuditSequence(cloud: TestCloud): Promise<string> {
  const { rows } = await cloud.running.pool.query<{ last: string }>(
    'select coalesce(max(sequence), 0)::text as last from audit_record',
  )
  return rows[0]?.last ?? '0'
}
