import type { Chance } from '../simulation/seeded.ts'
import type { Client } from '../support/cloud.ts'

export interface SentEvent {
  readonly id: string
  readonly [attribute: string]: unknown
}

/** What a client knows of what it has sent: told by the server, or left in the dark. */
export class Diary {
  readonly acknowledged = new Map<string, SentEvent>()
  /** Batches that no answer came for: each may be stored whole or not at all. */
  unanswered: SentEvent[][] = []
  readonly complaints: string[] = []
  refused = 0
  private serial = 0
  private readonly tenantIds: readonly string[]
  private readonly chance: Chance

  private readonly name: string

  constructor(tenantIds: readonly string[], chance: Chance, name = 'd') {
    this.tenantIds = tenantIds
    this.name = name
    this.chance = chance
  }

  /** Sign-ins of the first half of October 2026, of a few thousand users. */
  newBatch(tenant: number, size: number): SentEvent[] {
    return Array.from({ length: size }, () => ({
      specversion: '1.0',
      type: 'tenantry.authentication.v1',
      source: '/diary',
      id: `${this.name}-${(this.serial += 1)}`,
      time: new Date(Date.UTC(2026, 9, 1) + this.chance.int(14 * 86_400_000)).toISOString(),
      subject: `user-${this.chance.int(3000)}`,
      data: { tenantId: this.tenantIds[tenant], kind: 'interactiveSignIn' },
    }))
  }

  /** Sends batches until the server is gone or `isOver`; nothing is taken as stored that was not answered. */
  async pour(reporter: Client, tenant: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const batch = this.newBatch(tenant, 1 + this.chance.int(400))
      if (!(await this.send(reporter, batch, ['accepted']))) return
    }
  }

  /** False when no answer came. */
  async send(reporter: Client, batch: SentEvent[], expected: readonly string[]): Promise<boolean> {
    let reply: Awaited<ReturnType<Client['post']>>
    try {
      reply = await reporter.post('/events', batch, { 'content-type': 'application/cloudevents-batch+json' })
    } catch {
      this.unanswered.push(batch)
      return false
    }
    if (reply.status === 503) {
      this.refused += 1
      this.unanswered.push(batch)
      return false
    }
    if (reply.status !== 200) {
      this.complaints.push(`a batch was answered ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`)
      this.unanswered.push(batch)
      return false
    }
    for (const [index, event] of batch.entries()) {
      const { status } = reply.body[index]
      if (!expected.includes(status))
        this.complaints.push(`${event.id} was answered ${status}, not ${expected.join(' or ')}`)
      this.acknowledged.set(event.id, event)
    }
    return true
  }

  /** Sends again what was acknowledged since an earlier moment, and what was not answered, cut into other batches. */
  async repeat(
    reporters: readonly Client[],
    acknowledgedSince: number,
  ): Promise<{ repeated: number; settled: number }> {
    const known = [...this.acknowledged.values()].slice(acknowledgedSince)
    const open = this.unanswered.flat()
    this.unanswered = []
    const send = async (events: readonly SentEvent[], expected: readonly string[]): Promise<void> => {
      for (const [tenant, tenantId] of this.tenantIds.entries()) {
        const own = this.chance.shuffle(
          events.filter((event) => (event.data as { tenantId: string }).tenantId === tenantId),
        )
        for (let from = 0; from < own.length; ) {
          const size = 1 + this.chance.int(2000)
          await this.send(reporters[tenant]!, own.slice(from, from + size), expected)
          from += size
        }
      }
    }
    await send(known, ['duplicate'])
    await send(open, ['accepted', 'duplicate'])
    return { repeated: known.length, settled: open.length }
  }
}
