/** What a client asked for: identity scopes, and at most one resource. */
export interface TokenScope {
  /** As it was sent; the answer says it again, because clients file tokens under it. */
  readonly text: string
  readonly isOpenId: boolean
  readonly wantsProfile: boolean
  readonly wantsRefreshToken: boolean
  /** `https://host`, `api://name` or an application id; absent when only identity scopes are there. */
  readonly resource: string | undefined
}

const identityScopes = ['openid', 'profile', 'email', 'offline_access']
const applicationId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
export const graphResource = 'https://graph.microsoft.com'

/** Nothing when the text asks for two resources at once or is no list of scopes (RFC 6749, 3.3). */
export function parseTokenScope(text: string): TokenScope | undefined {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+( +[\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text.trim()) || text.length > 2000)
    return undefined
  const names = text.trim().split(/ +/)
  const resources = new Set(names.filter((name) => !identityScopes.includes(name)).map(resourceOf))
  if (resources.size > 1) return undefined
  return {
    text: names.join(' '),
    isOpenId: names.includes('openid'),
    wantsProfile: names.includes('profile'),
    wantsRefreshToken: names.includes('offline_access'),
    resource: [...resources][0],
  }
}

/** `https://host//.default` is of `https://host`, a bare `User.Read` of Graph, a bare application id of that application. */
function resourceOf(name: string): string {
  if (applicationId.test(name)) return name.toLowerCase()
  const slash = name.lastIndexOf('/')
  return slash < 0 ? graphResource : name.slice(0, slash).replace(/\/+$/, '')
}
