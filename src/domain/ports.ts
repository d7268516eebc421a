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

export interface OutgoingMail {
  /** The same at each try. */
  readonly messageId: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly attachments?: readonly {
    readonly fileName: string
    readonly contentType: string
    readonly content: Uint8Array
  }[]
}

export type MailDelivery =
  | { readonly kind: 'sent'; readonly note: string | null }
  /** Another try may succeed. */
  | { readonly kind: 'postponed'; readonly reason: string }
  /** No other try would. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface Mailer {
  send(mail: OutgoingMail): Promise<MailDelivery>
}

/** What the text records of a name say; a name without any is answered, too. */
export type TextRecords =
  | { readonly status: 'answered'; readonly texts: readonly string[] }
  | { readonly status: 'unreachable'; readonly reason: string }

/** A tenant's registration with an OpenID provider outside. */
export interface OutsideRegistration {
  readonly metadataUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
}

/** What one sign-in is bound to: the browser, the moment and the code (RFC 9700, 2.1). */
export interface OutsideBinding {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Who somebody is at an issuer outside, as its signed token says. */
export interface OutsideIdentity {
  readonly issuer: string
  /** Distinguishes upper and lower case (OpenID Connect Core, 2). */
  readonly subject: string
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly name: string | null
}

/**
 * `unreachable`: no usable answer; `unsafe`: an address that we do not connect to; `denied`: the provider or the person
 * there said no; `untrusted`: an answer that does not prove what it says.
 */
export interface OutsideFailure {
  readonly kind: 'unreachable' | 'unsafe' | 'denied' | 'untrusted'
}

export interface OutsideIssuers {
  /** Where the browser goes to sign in. */
  authorizationUrl(
    registration: OutsideRegistration,
    binding: OutsideBinding,
    hints: { readonly loginHint?: string | undefined; readonly domainHint?: string | undefined },
  ): Promise<{ readonly kind: 'address'; readonly address: string } | OutsideFailure>
  /** Exchanges the code of the answer, and gives who it proves. */
  redeem(
    registration: OutsideRegistration,
    binding: OutsideBinding,
    answer: URLSearchParams,
  ): Promise<{ readonly kind: 'verified'; readonly identity: OutsideIdentity } | OutsideFailure>
}
