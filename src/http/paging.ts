import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalid } from '../domain/refusal.ts'
import type { ApiRequest } from './operation.ts'
import { queryValue } from './operation.ts'

export interface Page {
  /** Key of the last row of the page before; rows after it are asked for. */
  readonly after: string | undefined
  readonly top: number
}

export interface WirePage<T> {
  readonly value: readonly T[]
  readonly nextLink?: string
}

const defaultSize = 100
const largestSize = 1000

// Tokens are bound to the caller and the query, so that neither can be swapped. The key is the installation's own.
let signingKey: Buffer | undefined
export function configurePaging(secret: Uint8Array): void {
  signingKey = Buffer.from(secret)
}

function signatureOf(request: ApiRequest, after: string): Buffer {
  if (!signingKey) throw new Error('paging is not configured')
  const parameters = [...request.query]
    .filter(([name]) => !tokenNames.has(name) && name !== 'api-version')
    .sort(([left], [right]) => (left < right ? -1 : 1))
  const bound = JSON.stringify([
    request.caller?.tenantId,
    request.caller?.objectId,
    request.path.toLowerCase(),
    parameters,
    after,
  ])
  return createHmac('sha256', signingKey).update(bound).digest().subarray(0, 16)
}

const tokenNames = new Set(['$skiptoken', '$top', 'top'])

export function readPage(request: ApiRequest, sizes: { default?: number; largest?: number } = {}): Page {
  const largest = sizes.largest ?? largestSize
  const top = queryValue(request, '$top') ?? queryValue(request, 'top')
  let size = sizes.default ?? defaultSize
  if (top !== undefined) {
    if (!/^\d{1,9}$/.test(top) || Number(top) < 1)
      throw invalid('InvalidTopParameter', `The value '${top}' of $top is not a positive whole number.`, '$top')
    size = Math.min(Number(top), largest)
  }
  const token = queryValue(request, '$skiptoken')
  if (token === undefined) return { after: undefined, top: size }
  const [signature, text] = token.split('.')
  const after = Buffer.from(text ?? '', 'base64url').toString('utf8')
  const given = Buffer.from(signature ?? '', 'base64url')
  const expected = signatureOf(request, after)
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw invalid(
      'InvalidSkipToken',
      'The $skiptoken is not one that this list gave to this caller for this query. Start again from the first page.',
      '$skiptoken',
    )
  return { after, top: size }
}

/** `nextLink` is absolute and self-contained: an SDK that resolved a relative one would send the token elsewhere (trap 1). */
export function toPage<T>(request: ApiRequest, values: readonly T[], nextAfter: string | undefined): WirePage<T> {
  const nextLink = nextLinkOf(request, nextAfter)
  return nextLink === undefined ? { value: values } : { value: values, nextLink }
}

export function nextLinkOf(request: ApiRequest, nextAfter: string | undefined): string | undefined {
  if (nextAfter === undefined) return undefined
  const parameters = new URLSearchParams()
  if (request.apiVersion !== '') parameters.set('api-version', request.apiVersion)
  for (const [name, value] of request.query)
    if (name !== 'api-version' && name !== '$skiptoken') parameters.set(name, value)
  const signature = signatureOf(request, nextAfter).toString('base64url')
  parameters.set('$skiptoken', `${signature}.${Buffer.from(nextAfter, 'utf8').toString('base64url')}`)
  const path = request.path.split('/').map(encodeURIComponent).join('/')
  return `${request.baseUrl}${path}?${parameters.toString()}`
}

/** Splits what a store returned for `limit: top + 1` into the page and the key to go on from. */
export function splitPage<T>(rows: readonly T[], top: number, keyOf: (row: T) => string): { rows: T[]; next?: string } {
  const page = rows.slice(0, top)
  const last = page.at(-1)
  return rows.length > top && last !== undefined ? { rows: page, next: keyOf(last) } : { rows: page }
}
