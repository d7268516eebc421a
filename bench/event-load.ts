import { EventBodies } from './event-bodies.ts'
import type { IngestWorld } from './ingest-world.ts'
import { seeded } from './machine.ts'

export const eventsEach = 2500
export const connections = 12
/** Of a hundred events, so many are repetitions. */
const repeatedPercent = 5

/** Sends batches on several connections and counts what is answered. */
export class Load {
  accepted = 0
  private readonly world: IngestWorld
  private readonly bodies: EventBodies
  private readonly random = seeded(20_261_015)
  private nextNumber = 0
  private acknowledged = 0

  /** `events` in all, over all calls of `send`. */
  constructor(world: IngestWorld, users: number, events: number) {
    this.world = world
    this.bodies = new EventBodies(world.tenantIds, users, eventsEach, events)
  }

  async send(events: number): Promise<{ seconds: number; repeated: number; requestMs: number[] }> {
    let left = Math.ceil(events / eventsEach)
    let repeated = 0
    const requestMs: number[] = []
    const connection = async () => {
      const body = this.bodies.create()
      while (left > 0) {
        left--
        const from = this.nextNumber
        this.fill(body)
        const startedAt = performance.now()
        const answer = await this.world.postEvents(body)
        requestMs.push(performance.now() - startedAt)
        if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.toString().slice(0, 500)}`)
        const accepted = countOf(answer.body, '"accepted"')
        const duplicates = countOf(answer.body, '"duplicate"')
        if (accepted + duplicates !== eventsEach) throw new Error(answer.body.toString().slice(0, 2000))
        this.accepted += accepted
        repeated += duplicates
        this.acknowledged = Math.max(this.acknowledged, from)
      }
    }
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: connections }, connection))
    return { seconds: (performance.now() - startedAt) / 1000, repeated, requestMs }
  }

  private fill(body: Buffer): void {
    for (let index = 0; index < eventsEach; index++) {
      const isRepeated = this.acknowledged > 0 && index % 100 < repeatedPercent
      this.bodies.fill(body, index, isRepeated ? this.random(this.acknowledged) : this.nextNumber++)
    }
  }
}

function countOf(body: Buffer, text: string): number {
  return body.toString('latin1').split(text).length - 1
}
