import type { ApiRequest } from './operation.ts'

/** The cookie that the sign-in session travels in. */
export const signInCookie = '__Host-tenantry-sign-in'

/** What binds a sign-in at a provider outside to the browser that began it. */
export const outsideSignInCookie = '__Host-tenantry-outside'

/** The value of a cookie; the first one when a name comes twice. */
export function cookieOf(request: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const header = request.headers.cookie
  for (const pair of (Array.isArray(header) ? header.join('; ') : (header ?? '')).split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}

/**
 * TRUST S14: `__Host-` binds a cookie to this origin and to TLS, and no script reads it. `Lax`, because an application
 * sends people here to sign in from its own site.
 */
export function setCookie(name: `__Host-${string}`, value: string): string {
  if (!/^[\w-]*$/.test(value)) throw new Error('a cookie of ours has a value in base64url')
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`
}

export const clearCookie = (name: `__Host-${string}`): string => `${setCookie(name, '')}; Max-Age=0`
