import { invalid } from '../refusal.ts'

/** Where the answers of an application's sign-ins may go, by kind of client as Graph parts them. */
export interface RedirectUris {
  /** A server, which proves itself with a secret. */
  readonly web: readonly string[]
  /** A program on somebody's own machine, which has no secret to keep. */
  readonly publicClient: readonly string[]
  /** A page in a browser; it has none either. */
  readonly spa: readonly string[]
}

export type RedirectKind = keyof RedirectUris

export const noRedirectUris: RedirectUris = { web: [], publicClient: [], spa: [] }

const most = 256
const forbiddenSchemes = ['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:']
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

export function checkRedirectUris(uris: readonly string[], kind: RedirectKind): readonly string[] {
  if (uris.length > most) throw refuse(kind, `There are more than ${most} of them.`)
  for (const uri of uris) {
    const url = URL.canParse(uri) ? new URL(uri) : undefined
    if (!url || uri.length > 2048 || /[\s*\\]/.test(uri)) throw refuse(kind, `'${uri}' is not an absolute address.`)
    if (uri.includes('#')) throw refuse(kind, `'${uri}' has a fragment.`)
    if (url.username !== '' || url.password !== '') throw refuse(kind, `'${uri}' has a user name in it.`)
    if (forbiddenSchemes.includes(url.protocol))
      throw refuse(kind, `'${uri}' has a scheme that runs or reads something.`)
    if (url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.includes(url.hostname))) continue
    if (url.protocol === 'http:') throw refuse(kind, `'${uri}' would be sent in clear. Use https.`)
    if (kind !== 'publicClient')
      throw refuse(kind, `'${uri}' has a scheme of its own, which only a public client may have.`)
  }
  return [...new Set(uris)]
}

const refuse = (kind: RedirectKind, why: string) =>
  invalid('Request_BadRequest', `The redirectUris of '${kind}' are not valid. ${why}`, `${kind}.redirectUris`)

/**
 * The kind under which a redirect URI is registered, to the letter; nothing when it is not. A public client on the loopback
 * interface takes any port that is free (RFC 8252, 7.3), so there the port is left out of the comparison.
 */
export function findRedirectKind(registered: RedirectUris, given: string): RedirectKind | undefined {
  const exact = (['web', 'spa', 'publicClient'] as const).find((kind) => registered[kind].includes(given))
  if (exact !== undefined) return exact
  const asked = loopback(given)
  return asked !== undefined && registered.publicClient.some((uri) => loopback(uri) === asked)
    ? 'publicClient'
    : undefined
}

function loopback(uri: string): string | undefined {
  if (!URL.canParse(uri) || /[#\\\s]/.test(uri)) return undefined
  const url = new URL(uri)
  if (url.protocol !== 'http:' || !loopbackHosts.includes(url.hostname) || url.username !== '' || url.password !== '')
    return undefined
  return `${url.hostname}${url.pathname}${url.search}`
}

/** Whether a page of this origin is the application's own; only such a page may read what the token endpoint answers. */
export const isSpaOrigin = (registered: RedirectUris, origin: string): boolean =>
  registered.spa.some((uri) => new URL(uri).origin === origin)
