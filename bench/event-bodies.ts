import { clockAt } from './ingest-world.ts'

const dayMs = 86_400_000
const firstOfMonth = Math.floor(Date.UTC(2026, 9, 1) / dayMs)
const jitterMs = 120_000
/** A sender reports for some tenants at a time, their events in between one another. */
export const tenantsEachBody = 50

/**
 * Bodies of CloudEvents batches, filled in place: an event is a function of its number, so a number that is sent again
 * is a true repetition, and the client's share of the machine stays small.
 */
export class EventBodies {
  readonly eventsEach: number
  private readonly tenants: readonly Buffer[]
  private readonly usersEach: number
  private readonly firstMs: number
  private readonly stepMs: number
  private readonly template: Buffer
  private readonly length: number
  private readonly at: { readonly id: number; readonly time: number; readonly user: number; readonly tenant: number }

  /** `events` in all, spread over eight days. */
  constructor(tenantIds: readonly string[], users: number, eventsEach: number, events: number) {
    this.stepMs = Math.max(1, Math.floor((8 * dayMs) / events))
    this.firstMs = clockAt - 8 * dayMs
    this.eventsEach = eventsEach
    this.usersEach = Math.max(1, Math.floor(users / tenantIds.length))
    this.tenants = tenantIds.map((id) => Buffer.from(id, 'latin1'))
    const zero = tenantIds[0] ?? ''
    const text = JSON.stringify({
      specversion: '1.0',
      type: 'tenantry.authentication.v1',
      source: 'urn:example:identity:eu-north',
      id: '01900000-0000-7000-8000-000000000000',
      time: new Date(clockAt).toISOString(),
      subject: '5f000000-0000-4000-8000-000000000000',
      datacontenttype: 'application/json',
      data: { tenantId: zero, kind: 'interactiveSignIn', userType: 'Member', outcome: 'success' },
    })
    this.template = Buffer.from(text, 'latin1')
    this.length = this.template.length + 1
    this.at = {
      id: text.indexOf('01900000-') + 24,
      time: text.indexOf('"time":"') + 8,
      user: text.indexOf('5f000000-') + 24,
      tenant: text.indexOf(zero),
    }
  }

  create(): Buffer {
    const body = Buffer.alloc(this.length * this.eventsEach + 1, ',')
    body[0] = 0x5b
    body[body.length - 1] = 0x5d
    for (let index = 0; index < this.eventsEach; index++) this.template.copy(body, 1 + index * this.length)
    return body
  }

  /** Makes the body's event at `index` the one of that number. Events are told nearly in the order they happened. */
  fill(body: Buffer, index: number, number: number): void {
    const start = 1 + index * this.length
    const mixed = Math.imul(number, 2_654_435_761) >>> 0
    const block = Math.floor(number / this.eventsEach)
    const tenant = (block * 37 + (mixed % tenantsEachBody)) % this.tenants.length
    const user = tenant * this.usersEach + (Math.floor(mixed / tenantsEachBody) % this.usersEach)
    writeDigits(body, start + this.at.id, 12, number)
    writeDigits(body, start + this.at.user, 12, user)
    this.tenants[tenant]!.copy(body, start + this.at.tenant)
    const at = this.firstMs + number * this.stepMs - (mixed % jitterMs)
    const day = Math.floor(at / dayMs)
    const millisecond = at - day * dayMs
    // The day is two digits of the template's date; the time of day is written digit by digit.
    writeDigits(body, start + this.at.time + 8, 2, day - firstOfMonth + 1)
    writeDigits(body, start + this.at.time + 11, 2, Math.floor(millisecond / 3_600_000))
    writeDigits(body, start + this.at.time + 14, 2, Math.floor(millisecond / 60_000) % 60)
    writeDigits(body, start + this.at.time + 17, 2, Math.floor(millisecond / 1000) % 60)
    writeDigits(body, start + this.at.time + 20, 3, millisecond % 1000)
  }
}

function writeDigits(body: Buffer, at: number, digits: number, value: number): void {
  let rest = value
  for (let index = at + digits - 1; index >= at; index--) {
    body[index] = 0x30 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}
