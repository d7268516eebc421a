import { Refusal } from '../domain/refusal.ts'
import type { ApiRequest } from './operation.ts'

/** An etag is the revision of the row. */
export const etagOf = (revision: bigint): string => `"${revision.toString(16).padStart(16, '0')}"`

const header = (request: ApiRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

const listed = (value: string, etag: string): boolean =>
  value
    .split(',')
    .map((item) => item.trim().replace(/^W\//, ''))
    .some((item) => item === etag || item.replaceAll('"', '') === etag.replaceAll('"', ''))

/** Checks If-Match and If-None-Match against what is stored; `undefined` says that nothing is. */
export function requireMatch(request: ApiRequest, revision: bigint | undefined): void {
  const ifMatch = header(request, 'if-match')
  const ifNoneMatch = header(request, 'if-none-match')
  if (ifMatch !== undefined) {
    const matches = revision !== undefined && (ifMatch.trim() === '*' || listed(ifMatch, etagOf(revision)))
    if (!matches)
      throw new Refusal(
        'precondition_failed',
        'PreconditionFailed',
        `The condition 'If-Match: ${ifMatch}' does not hold: the resource has changed or does not exist. Read it again and repeat the request with its current etag.`,
      )
  }
  if (ifNoneMatch !== undefined && revision !== undefined) {
    if (ifNoneMatch.trim() === '*' || listed(ifNoneMatch, etagOf(revision)))
      throw new Refusal(
        'precondition_failed',
        'PreconditionFailed',
        `The condition 'If-None-Match: ${ifNoneMatch}' does not hold: the resource exists already.`,
      )
  }
}
