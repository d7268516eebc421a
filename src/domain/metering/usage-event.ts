import type { AuthenticationOutcome, SecondFactorKind, SignInKind, UserType } from './authentication.ts'

interface ReportedEvent {
  readonly source: string
  readonly id: string
  /** The user of a sign-in, as opaque text; of usage the resource. */
  readonly subject: string
  /**
   * Milliseconds since 1970, for events come by the hundred thousand. It decides subscription and model: the event's
   * time, or of usage that spans time its start.
   */
  readonly usageAtMs: number
}

/** `tenantry.authentication.v1` and `tenantry.second-factor.v1`. */
export interface SignInEvent extends ReportedEvent {
  readonly type: 'authentication' | 'secondFactor'
  readonly identityTenantId: string
  readonly kind: SignInKind | SecondFactorKind
  readonly userType: UserType | undefined
  readonly outcome: AuthenticationOutcome | undefined
}

/** `tenantry.usage.v1`. */
export interface ResourceUsageEvent extends ReportedEvent {
  readonly type: 'usage'
  readonly occurredAtMs: number
  readonly usageEndAtMs: number
  readonly meterId: string
  /** Plain decimal without trailing zeros. */
  readonly quantity: string
  readonly location: string | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
}

/** What was reported, after validation: every text well-formed, every instant in milliseconds, every id in lower case. */
export type UsageEvent = SignInEvent | ResourceUsageEvent

/** Why one item of a request is refused; the message names the field and the cure. */
export interface ItemRefusal {
  readonly code: string
  readonly message: string
}
export type ParsedItem =
  | { readonly event: UsageEvent; readonly refusal?: undefined }
  | { readonly refusal: ItemRefusal; readonly event?: undefined; readonly id?: string | undefined }

/**
 * Everything that makes two deliveries of one id the same, in one text. The length before each field keeps two
 * different contents from ever giving the same text.
 */
export function canonicalContent(event: UsageEvent): string {
  if (event.type !== 'usage') {
    return (
      `${event.type}\n${event.usageAtMs}\n${event.identityTenantId}\n${event.kind}\n${event.userType ?? ''}\n` +
      `${event.outcome ?? ''}\n${event.subject}`
    )
  }
  const { tags } = event
  const tagText = tags
    ? Object.keys(tags)
        .sort()
        .map((name) => measured(name) + measured(tags[name] ?? ''))
        .join('')
    : ''
  return (
    `usage\n${event.usageAtMs}\n${event.usageEndAtMs}\n${event.occurredAtMs}\n${event.quantity}\n` +
    measured(event.meterId) +
    measured(event.location ?? '') +
    measured(tagText) +
    event.subject
  )
}

/** The identity of an event: the tenant that reported it, its source and its id; never a time (DEC-27). */
export function identityText(reporterTenantId: string, source: string, id: string): string {
  return `${reporterTenantId}${source.length}:${source}${id}`
}

function measured(text: string): string {
  return `${text.length}:${text}`
}
