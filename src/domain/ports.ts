/** An instant in time, always UTC; `Date` with millisecond precision. */
export interface Clock {
  now(): Date
}

/** Events, periods, expiries and due work. The sandbox sets it; it stands still between settings. */
export interface BusinessClock extends Clock {
  readonly kind: 'business'
}

/** TLS, token lifetimes, leases, time-outs and rate limits. Nobody sets it. */
export interface WallClock extends Clock {
  readonly kind: 'wall'
}

export interface Random {
  bytes(length: number): Uint8Array
  uuid(): string
  /** 256 bits as base64url: client secrets, invitation links, keys of sessions. */
  secret(): string
}

export interface Timers {
  sleep(ms: number): Promise<void>
  /** A run that takes longer than the interval is not started a second time beside itself. */
  every(ms: number, run: () => void | Promise<void>): { readonly stop: () => void }
  after(ms: number, run: () => void | Promise<void>): { readonly cancel: () => void }
  /** Only differences between two readings mean anything. */
  monotonicMs(): number
}
