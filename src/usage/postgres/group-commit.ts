import { Refusal } from '../../domain/refusal.ts'
import type { ItemOutcome } from '../usage-store.ts'
import type { PreparedEvents } from './prepared-events.ts'

interface Waiting {
  readonly request: PreparedEvents
  resolve(outcomes: readonly ItemOutcome[]): void
  reject(error: unknown): void
}

export interface GroupCommitOptions {
  /** Transactions that run at the same time. */
  readonly lanes: number
  /** Requests are put together up to so many events. */
  readonly batchEvents: number
  /** More than so many waiting events are refused. */
  readonly queueEvents: number
  /** Stores requests in one transaction: outcomes by request. */
  commit(requests: readonly PreparedEvents[]): Promise<readonly (readonly ItemOutcome[])[]>
  /** Failed for a reason that lies in the requests; each is then tried alone, so that one cannot fail the others. */
  isFaultOfContent(error: unknown): boolean
}

/**
 * Requests that come while a transaction runs share the next one: a commit costs one write to disk however many events
 * it holds. What waits is bounded, so a slow disk makes senders wait instead of filling the memory.
 */
export class GroupCommit {
  private readonly options: GroupCommitOptions
  private readonly queue: Waiting[] = []
  private queuedEvents = 0
  private running = 0

  constructor(options: GroupCommitOptions) {
    this.options = options
  }

  get waitingEvents(): number {
    return this.queuedEvents
  }

  append(request: PreparedEvents): Promise<readonly ItemOutcome[]> {
    const size = request.events.length
    if (this.queuedEvents > 0 && this.queuedEvents + size > this.options.queueEvents) {
      throw new Refusal(
        'unavailable',
        'ServerBusy',
        'More usage is waiting to be stored than can be held. Nothing of this request was stored; send it again.',
        { retryAfterSeconds: 1 },
      )
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ request, resolve, reject })
      this.queuedEvents += size
      this.startLane()
    })
  }

  private startLane(): void {
    if (this.running >= this.options.lanes || this.queue.length === 0) return
    this.running++
    void this.runLane()
  }

  private async runLane(): Promise<void> {
    try {
      for (let group = this.takeGroup(); group.length > 0; group = this.takeGroup()) await this.commitGroup(group)
    } finally {
      this.running--
    }
  }

  private takeGroup(): Waiting[] {
    const group: Waiting[] = []
    let events = 0
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      const size = next.request.events.length
      if (group.length > 0 && events + size > this.options.batchEvents) break
      events += size
      group.push(next)
      this.queue.shift()
    }
    this.queuedEvents -= events
    return group
  }

  private async commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.options.commit(group.map(({ request }) => request))
      for (const [index, waiting] of group.entries()) waiting.resolve(outcomes[index]!)
    } catch (error) {
      if (group.length > 1 && this.options.isFaultOfContent(error)) {
        for (const waiting of group) await this.commitGroup([waiting])
        return
      }
      for (const waiting of group) waiting.reject(error)
    }
  }
}
