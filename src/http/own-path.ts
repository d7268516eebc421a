/**
 * A path and query of this origin, or nothing. Whatever a browser could read as another origin is refused: a scheme, `//host`,
 * backslashes and control characters, which browsers strip or turn into slashes.
 */
export function ownPath(text: string | null | undefined, baseUrl: string): string | undefined {
  if (!text || text.length > 8192 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return undefined
  const url = new URL(text, baseUrl)
  return url.origin === new URL(baseUrl).origin ? `${url.pathname}${url.search}` : undefined
}

/** Where a browser signs in and then comes back to a path of ours; `tenant` also lets its consumers in. */
export function signInAddress(returnTo: string, hints: { tenant?: string; loginHint?: string } = {}): string {
  const query = new URLSearchParams({ returnTo })
  if (hints.tenant !== undefined) query.set('tenant', hints.tenant)
  if (hints.loginHint !== undefined) query.set('login_hint', hints.loginHint)
  return `/login?${query.toString()}`
}
