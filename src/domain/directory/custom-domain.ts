import { invalid } from '../refusal.ts'
import type { TenantDomain } from './tenant.ts'

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** A name that can be proved: in lower case, of two labels or more, and not one that this installation gives out. */
export function parseCustomDomain(text: string, suffix: string): string {
  const name = text.trim().toLowerCase()
  const labels = name.split('.')
  if (name.length > 253 || labels.length < 2 || !labels.every((part) => label.test(part)))
    throw invalid(
      'Request_BadRequest',
      `'${text}' is not a domain name. Write it as 'contoso.com', in its ASCII form.`,
      'id',
    )
  if (name === suffix.toLowerCase() || name.endsWith(`.${suffix.toLowerCase()}`))
    throw invalid(
      'Request_BadRequest',
      `Names under '${suffix}' are given to tenants when they are created. Add a domain of your own.`,
      'id',
    )
  return name
}

/** The domain that a name is below, among those that were proved already: it is proved with it. */
export const verifiedParentOf = (name: string, domains: readonly TenantDomain[]): TenantDomain | undefined =>
  domains.find((domain) => domain.verifiedAt !== null && name.endsWith(`.${domain.name}`))

export const domainsBelow = (name: string, domains: readonly TenantDomain[]): readonly TenantDomain[] =>
  domains.filter((domain) => domain.name.endsWith(`.${name}`))

export const isRootDomain = (name: string, domains: readonly TenantDomain[]): boolean =>
  !domains.some((domain) => name.endsWith(`.${domain.name}`))

const reservedTopLevels = ['example', 'test', 'invalid']

/** Nobody owns these on the Internet (RFC 2606), so a sandbox takes them without proof. */
export const isReservedForPlay = (name: string): boolean =>
  reservedTopLevels.includes(name.slice(name.lastIndexOf('.') + 1))

/**
 * 128 random bits: who could guess or try out a token that somebody else has published could take their domain.
 */
export const verificationTokenOf = (random: Uint8Array): string =>
  `MS=ms${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
