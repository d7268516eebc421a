import { CompiledQuery } from 'kysely'
import type { OpenTransaction } from '../usage-store.ts'

// Each caller names the columns it asked for.
// oxlint-disable-next-line typescript/no-explicit-any
export type Row = Record<string, any>

/** Runs one statement in whatever transaction it belongs to. */
export type Sql = <R = Row>(text: string, values?: readonly unknown[]) => Promise<readonly R[]>

export function sqlOf(tx: OpenTransaction): Sql {
  return async <R>(text: string, values: readonly unknown[] = []) =>
    (await tx.executeQuery<R>(CompiledQuery.raw(text, [...values]))).rows
}

export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

export function sqlOfClient(client: Queryable): Sql {
  return async <R>(text: string, values: readonly unknown[] = []) =>
    (await client.query(text, [...values])).rows as readonly R[]
}
