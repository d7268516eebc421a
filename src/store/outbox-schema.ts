import type { ColumnType, Generated } from 'kysely'
import type { Instant, Json, NullableInstant } from './column-types.ts'

type State = 'Queued' | 'Sent' | 'Failed'

/** Mail that waits to be sent, and what became of it. */
export interface OutboxTables {
  outbox_message: {
    sequence: Generated<bigint>
    id: string
    kind: string
    related_to: string | null
    recipients: Json<string[]>
    copies: Json<string[]>
    subject: string
    text_body: string
    html_body: string | null
    message_id: string
    state: ColumnType<State, State | undefined, State>
    created_at: Instant
    tries: ColumnType<number, number | undefined, number>
    next_try_at: NullableInstant
    finished_at: NullableInstant
    last_error: string | null
    sealed_link: string | null
    sealed_with: string | null
  }
}
