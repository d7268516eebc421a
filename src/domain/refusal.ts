/** What kind of refusal it is; `http` turns the kind into a status, the provider into its envelope. */
export type RefusalKind =
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'invalid'
  | 'conflict'
  | 'gone'
  | 'precondition_failed'
  | 'precondition_required'
  | 'unprocessable'
  | 'too_large'
  | 'unsupported_media_type'
  | 'throttled'
  | 'unavailable'
  | 'bad_gateway'

export interface RefusalDetail {
  readonly code: string
  readonly message: string
  readonly target?: string
}

export interface RefusalOptions {
  readonly target?: string
  readonly details?: readonly RefusalDetail[]
  readonly additionalInfo?: readonly { readonly type: string; readonly info: unknown }[]
  readonly retryAfterSeconds?: number
}

/** A request that is refused by a rule. The message is for the caller and says what to do next. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly code: string
  readonly target: string | undefined
  readonly details: readonly RefusalDetail[]
  readonly additionalInfo: RefusalOptions['additionalInfo']
  readonly retryAfterSeconds: number | undefined

  constructor(kind: RefusalKind, code: string, message: string, options: RefusalOptions = {}) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.code = code
    this.target = options.target
    this.details = options.details ?? []
    this.additionalInfo = options.additionalInfo
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export const invalid = (code: string, message: string, target?: string): Refusal =>
  new Refusal('invalid', code, message, target === undefined ? {} : { target })

export const notFound = (code: string, message: string, target?: string): Refusal =>
  new Refusal('not_found', code, message, target === undefined ? {} : { target })

export const conflict = (code: string, message: string, target?: string): Refusal =>
  new Refusal('conflict', code, message, target === undefined ? {} : { target })

export const forbidden = (code: string, message: string, options?: RefusalOptions): Refusal =>
  new Refusal('forbidden', code, message, options)
