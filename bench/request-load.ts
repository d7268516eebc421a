import { performance } from 'node:perf_hooks'
import { connect, type TLSSocket } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'

/** What the worker is told: which requests, how many of them, and how fast; without a rate as fast as answers come. */
export interface LoadOrder {
  readonly host: string
  readonly port: number
  readonly servername: string
  readonly ca: string
  readonly connections: number
  /** Whole requests, taken in turn. */
  readonly requests: readonly string[]
  readonly count: number
  readonly perSecond: number | undefined
}

export interface LoadResult {
  readonly seconds: number
  /** From the moment that each request was due: one that had to wait for its turn waited. */
  readonly latencyMs: Float64Array
  /** Answers that were not 200. */
  readonly failed: number
}

/** One kept connection with one request at a time on it, without the cost of an HTTP client. */
class Connection {
  private readonly socket: TLSSocket
  private received: Uint8Array = new Uint8Array()
  private answered: ((status: number) => void) | undefined

  constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', () => this.answered?.(0))
  }

  static open({ host, port, servername, ca }: LoadOrder): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, servername, ca }, () => {
        socket.setNoDelay(true)
        resolve(new Connection(socket))
      })
      socket.once('error', reject)
    })
  }

  send(request: string): Promise<number> {
    return new Promise((resolve) => {
      this.answered = resolve
      this.socket.write(request)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    const bytes = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    this.received = bytes
    const headEnd = bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = bytes.toString('latin1', 0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (bytes.length < headEnd + 4 + length) return
    this.received = bytes.subarray(headEnd + 4 + length)
    this.answered?.(Number(head.slice(9, 12)))
  }
}

async function measure(order: LoadOrder): Promise<LoadResult> {
  const free = await Promise.all(Array.from({ length: order.connections }, () => Connection.open(order)))
  const latencyMs = new Float64Array(order.count)
  const startedAt = performance.now()
  let failed = 0
  let sent = 0
  let done = 0
  const dueAt = (index: number): number =>
    order.perSecond === undefined ? performance.now() : startedAt + (index * 1000) / order.perSecond
  await new Promise<void>((finish) => {
    const sendDue = (): void => {
      for (;;) {
        if (sent === order.count || free.length === 0 || dueAt(sent) > performance.now()) return
        const connection = free.pop()
        if (!connection) return
        const index = sent++
        const due = dueAt(index)
        void connection.send(order.requests[index % order.requests.length] ?? '').then((status) => {
          latencyMs[index] = performance.now() - due
          if (status !== 200) failed++
          free.push(connection)
          if (++done === order.count) finish()
          else sendDue()
        })
      }
    }
    sendDue()
    if (order.perSecond === undefined) return
    const ticking = setInterval(() => (sent === order.count ? clearInterval(ticking) : sendDue()), 1)
  })
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of free) connection.close()
  return { seconds, latencyMs, failed }
}

if (parentPort) {
  const result = await measure(workerData as LoadOrder)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
  parentPort.postMessage(result)
}
