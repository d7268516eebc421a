import type pg from 'pg'

/** What the driver's connection offers for COPY; its published types leave it out. */
interface Connection extends pg.Connection {
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

/**
 * COPY … FROM STDIN as a query of the driver. Chunks are asked for one by one, each when the last has gone to the
 * kernel, so the database works on the first rows while the next are still being written.
 */
export class CopyIn implements pg.Submittable {
  readonly done: Promise<void>
  private readonly statement: string
  private readonly chunks: Iterator<Uint8Array>
  private hasEnded = false
  private resolve: () => void = () => undefined
  private reject: (error: Error) => void = () => undefined
  private failure: Error | undefined

  constructor(statement: string, chunks: Iterable<Uint8Array>) {
    this.statement = statement
    this.chunks = chunks[Symbol.iterator]()
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  submit(connection: pg.Connection): void {
    connection.query(this.statement)
  }

  handleCopyInResponse(connection: Connection): void {
    const { stream } = connection
    const send = () => {
      try {
        while (!this.hasEnded) {
          const next = this.chunks.next()
          if (next.done) {
            connection.endCopyFrom()
            return
          }
          connection.sendCopyFromChunk(next.value)
          if (stream.writableNeedDrain) {
            stream.once('drain', send)
            return
          }
        }
      } catch (error) {
        // The rows could not be written; the database is told, and its answer ends the query.
        this.failure = error as Error
        connection.sendCopyFail('the rows could not be written')
      }
    }
    send()
  }

  /** After an error the database throws away what is still on its way; the connection stays usable. */
  handleError(error: Error): void {
    this.hasEnded = true
    this.reject(this.failure ?? error)
  }

  handleReadyForQuery(): void {
    this.hasEnded = true
    this.resolve()
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  /** The driver replaces this where a time limit for queries is set. */
  callback(): void {}
}
