import type { z } from 'zod'
import { invalid } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import type { ApiRequest } from '../../http/operation.ts'
import { queryValue } from '../../http/operation.ts'
import { nextLinkOf, type Page, readPage } from '../../http/paging.ts'

/** What every operation under `/v1` has in common (API.md 1.11). */
export const partnerCenter = {
  apiVersions: 'none',
  authentication: 'bearer',
  errorShape: 'partnerCenter',
} as const

/** Clients write the names of a body with a capital first letter, and read them with a small one. */
export function parsePartnerCenterBody<S extends z.ZodType>(request: ApiRequest, schema: S): z.output<S> {
  return parseBody({ ...request, body: withSmallLetters(request.body) }, schema)
}

function withSmallLetters(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSmallLetters)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      withSmallLetters(member),
    ]),
  )
}

export const linkTo = (uri: string) => ({ uri, method: 'GET', headers: [] })

/** Links here are without the origin and `/v1`. */
export const selfLink = (uri: string) => ({ links: { self: linkTo(uri) } })

export function toCollection<T>(request: ApiRequest, items: readonly T[], totalCount: number, nextAfter?: string) {
  const next = nextLinkOf(request, nextAfter)
  const uriOf = (link: string) => link.slice(request.baseUrl.length).replace(/^\/v1/i, '')
  const query = new URLSearchParams([...request.query]).toString()
  return {
    totalCount,
    items,
    links: {
      self: linkTo(`${request.path.replace(/^\/v1/i, '')}${query === '' ? '' : `?${query}`}`),
      ...(next === undefined ? {} : { next: linkTo(uriOf(next)) }),
    },
    attributes: { objectType: 'Collection' },
  }
}

/** `size` instead of `$top`. */
export function readSize(request: ApiRequest, largest = 500): Page {
  const size = queryValue(request, 'size')
  if (size !== undefined && !/^[1-9]\d{0,8}$/.test(size))
    throw invalid('InvalidSize', `The size '${size}' is not a positive whole number.`, 'size')
  const page = readPage(request, { default: largest, largest })
  return size === undefined ? page : { ...page, top: Math.min(Number(size), largest) }
}

/** Partner Center answers 400 with a code of its own where others answer 412. */
export function requireCurrentEtag(request: ApiRequest, revision: bigint): void {
  const header = request.headers['if-match']
  const sent = (Array.isArray(header) ? header.join(',') : (header ?? '')).trim().replaceAll('"', '')
  if (sent === '*' || sent === etagOf(revision).replaceAll('"', '')) return
  throw invalid(
    'EtagNotValid',
    sent === ''
      ? "Send the etag of what is changed, from its 'attributes', in the header If-Match."
      : `The etag '${sent}' is no longer valid: somebody changed it. Read it again and repeat the request with its current etag.`,
    'If-Match',
  )
}

export const partnerCenterEtag = (revision: bigint): string => etagOf(revision).replaceAll('"', '')
