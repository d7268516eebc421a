import { forbidden, Refusal } from '../domain/refusal.ts'
import type { ApiRequest } from './operation.ts'

/**
 * The fields of a form that a page of ours sent (TRUST S15). The browser's own word (`Sec-Fetch-Site`) decides; where it
 * says nothing, `Origin` must be ours; a request with neither is refused. A program that follows the pages without a browser sends
 * `Origin`. From our pages browsers write `null` into it, because these have no referrer, so beside their word that is
 * no contradiction.
 */
export function postedForm(request: ApiRequest): URLSearchParams {
  const site = headerOf(request, 'sec-fetch-site')
  const origin = headerOf(request, 'origin')
  const isOurs =
    site === undefined
      ? origin === request.baseUrl
      : site === 'same-origin' && [undefined, 'null', request.baseUrl].includes(origin)
  if (!isOurs)
    throw forbidden(
      'CrossSiteRequest',
      'The form was not sent from a page of this site. Open the page here and send it again.',
    )
  const type = headerOf(request, 'content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new Refusal('unsupported_media_type', 'UnsupportedMediaType', 'Send the fields as a form of this page does.')
  return new URLSearchParams(typeof request.body === 'string' ? request.body : '')
}

function headerOf(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
