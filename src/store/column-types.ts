import type { ColumnType } from 'kysely'

/** Money and revisions: bigint when read; bigint, number or text when written. */
export type Int8 = ColumnType<bigint, bigint | number | string, bigint | number | string>
export type Revision = ColumnType<bigint, bigint | number | undefined, bigint | number>
/** numeric: text when read, so that no digit is lost. */
export type Numeric = ColumnType<string, string, string>
/** tstzrange: read through lower() and upper(), written through period(). */
export type Period = ColumnType<string, string, string>
export type Json<T> = ColumnType<T, string, string>
export type Instant = ColumnType<Date, Date | string, Date | string>
export type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
