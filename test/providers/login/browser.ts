import type { Reply, TestCloud } from '../../support/cloud.ts'

/** Pages driven by plain requests, with the cookies and the headers that a browser would send. */
export interface Browser {
  readonly cookies: Map<string, string>
  open(path: string, headers?: Record<string, string>): Promise<Reply>
  submit(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Reply>
  /** Follows redirects within our origin; the first answer that leads elsewhere, or none, is given back. */
  follow(reply: Reply): Promise<Reply>
  signIn(userName: string, password: string, returnTo?: string, tenant?: string): Promise<Reply>
}

export function newBrowser(cloud: TestCloud): Browser {
  const cookies = new Map<string, string>()
  const anonymous = cloud.as(undefined)
  const cookieHeader = (): Record<string, string> =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  const keep = (reply: Reply): Reply => {
    for (const line of (reply.headers['set-cookie'] as unknown as string[] | undefined) ?? []) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = pair.split('=')
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    return reply
  }
  const browser: Browser = {
    cookies,
    open: async (path, headers = {}) => keep(await anonymous.get(path, { ...cookieHeader(), ...headers })),
    submit: async (path, fields, headers = { 'sec-fetch-site': 'same-origin', origin: cloud.baseUrl }) =>
      keep(await anonymous.send('POST', path, new URLSearchParams(fields), { ...cookieHeader(), ...headers })),
    async follow(reply) {
      let current = reply
      for (let step = 0; step < 10; step++) {
        const { location } = current.headers
        if (location === undefined || (current.status !== 302 && current.status !== 303)) return current
        const url = new URL(location, cloud.baseUrl)
        if (url.origin !== cloud.baseUrl) return current
        current = await browser.open(`${url.pathname}${url.search}`)
      }
      throw new Error('the pages lead in a circle')
    },
    signIn: (userName, password, returnTo = '/account', tenant = '') =>
      browser.submit('/login', { userName, password, returnTo, tenant }),
  }
  return browser
}
