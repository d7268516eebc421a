/** How scopes are compared: lower case, no trailing slash, `/` for the root of a tenant. */
export function scopeKey(scope: string): string {
  const segments = scope.split('/').filter((segment) => segment !== '')
  return `/${segments.join('/')}`.toLowerCase()
}

/** Whether what is granted at `outer` holds at `inner`; both are keys. */
export function covers(outer: string, inner: string): boolean {
  return outer === '/' || inner === outer || inner.startsWith(`${outer}/`)
}

/** The scope itself and everything it lies in, up to the root. */
export function scopesAbove(key: string): string[] {
  const segments = key.split('/').filter((segment) => segment !== '')
  return ['/', ...segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`)]
}

export function subscriptionOf(scope: string): string | undefined {
  const [first, id] = scope.split('/').filter((segment) => segment !== '')
  return first?.toLowerCase() === 'subscriptions' ? id?.toLowerCase() : undefined
}

/** Name of the group a scope is or lies in, casing as sent. */
export function resourceGroupOf(scope: string): string | undefined {
  const [first, , third, name] = scope.split('/').filter((segment) => segment !== '')
  return first?.toLowerCase() === 'subscriptions' && third?.toLowerCase() === 'resourcegroups' ? name : undefined
}
