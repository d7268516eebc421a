import type { WallClock } from '../domain/ports.ts'
import type { Method } from './operation.ts'

interface Bucket {
  tokens: number
  refilledAtMs: number
}

export interface RateLimits {
  readonly reads: { readonly capacity: number; readonly perSecond: number }
  readonly writes: { readonly capacity: number; readonly perSecond: number }
}

/** ARM's own token buckets, per principal and subscription. */
export const armRateLimits: RateLimits = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
}

export interface RateDecision {
  readonly header: string
  readonly remaining: number
  readonly retryAfterSeconds: number | undefined
}

const bucketsKept = 50_000

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>()
  readonly #limits: RateLimits
  readonly #clock: WallClock
  readonly #isEnforced: boolean

  constructor(limits: RateLimits, clock: WallClock, isEnforced: boolean) {
    this.#limits = limits
    this.#clock = clock
    this.#isEnforced = isEnforced
  }

  take(principal: string, subscriptionId: string | undefined, method: Method): RateDecision {
    const verb = method === 'GET' || method === 'HEAD' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes'
    const limit = verb === 'reads' ? this.#limits.reads : this.#limits.writes
    const level = subscriptionId === undefined ? 'tenant' : 'subscription'
    const header = `x-ms-ratelimit-remaining-${level}-${level === 'tenant' && verb === 'deletes' ? 'writes' : verb}`
    const key = `${principal}/${subscriptionId?.toLowerCase() ?? ''}/${verb}`
    const nowMs = this.#clock.now().getTime()
    const bucket = this.#buckets.get(key) ?? { tokens: limit.capacity, refilledAtMs: nowMs }
    const earned = (Math.max(0, nowMs - bucket.refilledAtMs) / 1000) * limit.perSecond
    bucket.tokens = Math.min(limit.capacity, bucket.tokens + earned)
    bucket.refilledAtMs = nowMs
    // The one used longest ago goes first, so that the map stays bounded and a busy caller keeps its state.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > bucketsKept) {
      const oldest = this.#buckets.keys().next().value
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    if (bucket.tokens < 1 && this.#isEnforced)
      return { header, remaining: 0, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / limit.perSecond)) }
    bucket.tokens = Math.max(0, bucket.tokens - 1)
    return { header, remaining: Math.floor(bucket.tokens), retryAfterSeconds: undefined }
  }
}
