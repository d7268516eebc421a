import { invalid, type Refusal, forbidden } from '../refusal.ts'

/** TEN-16: a tenant has at most one list, which either allows or denies. */
export interface DomainList {
  readonly kind: 'allow' | 'deny'
  readonly domains: readonly string[]
}

const domainName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/** As names are compared: lower case, other scripts in their ASCII form (DEC-48). Nothing for what is no domain. */
export function asciiDomain(text: string): string | undefined {
  const trimmed = text.trim().replace(/\.$/, '')
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(trimmed) || !URL.canParse(`https://${trimmed}/`)) return undefined
  const { hostname } = new URL(`https://${trimmed}/`)
  return domainName.test(hostname) ? hostname : undefined
}

export function newDomainList(allowed: readonly string[], blocked: readonly string[]): DomainList {
  if (allowed.length > 0 && blocked.length > 0)
    throw invalid(
      'Request_BadRequest',
      'A tenant has either AllowedDomains or BlockedDomains. Leave one of them empty; the other kind of list replaces the present one.',
      'definition',
    )
  const kind = allowed.length > 0 ? 'allow' : 'deny'
  const domains = [...allowed, ...blocked].map((text) => {
    const domain = asciiDomain(text)
    if (domain === undefined)
      throw invalid(
        'Request_BadRequest',
        `'${text}' is not a domain. Give domains such as 'fabrikam.com'; patterns are not supported.`,
        'definition',
      )
    return domain
  })
  return { kind, domains: [...new Set(domains)] }
}

/** An exact match, no wildcard: a subdomain is another domain (DEC-48). */
export function allowsDomain(list: DomainList | undefined, domain: string): boolean {
  if (!list) return true
  return list.domains.includes(domain) === (list.kind === 'allow')
}

/** TEN-17: says whose policy it is, so that the inviter looks in the right place. */
export function refusedDomain(list: DomainList, domain: string, tenantName: string): Refusal {
  const why =
    list.kind === 'allow' ? 'it is not on the list of allowed domains' : 'it is on the list of blocked domains'
  return forbidden(
    'DomainBlockedByPolicy',
    `The domain '${domain}' is blocked by the policy of the inviting tenant '${tenantName}' itself: ${why}. A Global Administrator of that tenant can change the list (policies/b2bManagementPolicies).`,
    { target: 'invitedUserEmailAddress' },
  )
}
