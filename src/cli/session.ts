import type { Timers } from '../domain/ports.ts'
import { type HttpReply, HttpsClient } from './https-client.ts'
import { ServerRefusal } from './server-refusal.ts'

export type PrincipalCredentials =
  | { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  | { readonly tenantId: string; readonly userId: string }

/** How long a token is used before a new one is asked for; it lives for an hour. */
const tokenUseMs = 45 * 60_000

/** Talks to a server as named principals; `operator` is known from the start. */
export class Session {
  readonly baseUrl: string
  readonly #client: HttpsClient
  readonly #timers: Timers
  readonly #principals = new Map<string, PrincipalCredentials>()
  readonly #tokens = new Map<string, { token: string; obtainedMs: number }>()

  constructor(baseUrl: string, caPem: string | undefined, operator: PrincipalCredentials | undefined, timers: Timers) {
    this.baseUrl = baseUrl
    this.#client = new HttpsClient(baseUrl, caPem)
    this.#timers = timers
    if (operator) this.#principals.set('operator', operator)
  }

  introduce(name: string, credentials: PrincipalCredentials): void {
    this.#principals.set(name, credentials)
    this.#tokens.delete(name)
  }

  /** The people who were introduced; in a sandbox the operator can get a token for each. */
  listPeople(): { name: string; tenantId: string; userId: string }[] {
    return [...this.#principals].flatMap(([name, principal]) =>
      'userId' in principal ? [{ name, tenantId: principal.tenantId, userId: principal.userId }] : [],
    )
  }

  async send(
    as: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpReply> {
    const sent: Record<string, string> = { ...headers }
    if (as !== 'nobody') sent.authorization ??= `Bearer ${await this.#tokenOf(as)}`
    if (body === undefined) return this.#client.send(method, path, sent)
    sent['content-type'] ??= 'application/json; charset=utf-8'
    return this.#client.send(method, path, sent, typeof body === 'string' ? body : JSON.stringify(body))
  }

  /** Polls a 202 until the operation has ended and answers its last reply. */
  async finish(as: string, reply: HttpReply): Promise<HttpReply> {
    let current = reply
    const location = reply.headers.location
    if (typeof location !== 'string') return reply
    const url = new URL(location, this.baseUrl)
    while (current.status === 202) {
      await this.#timers.sleep(100)
      current = await this.send(as, 'GET', `${url.pathname}${url.search}`)
    }
    return current
  }

  close(): void {
    this.#client.close()
  }

  async #tokenOf(name: string): Promise<string> {
    const known = this.#tokens.get(name)
    if (known && this.#timers.monotonicMs() - known.obtainedMs < tokenUseMs) return known.token
    const credentials = this.#principals.get(name)
    if (!credentials)
      throw new Error(
        `nobody is called '${name}'. Introduce the principal with a line {"principal": {"name": "${name}", …}} first.`,
      )
    const token =
      'userId' in credentials ? await this.#userToken(credentials) : await this.#applicationToken(credentials)
    this.#tokens.set(name, { token, obtainedMs: this.#timers.monotonicMs() })
    return token
  }

  async #userToken(credentials: { tenantId: string; userId: string }): Promise<string> {
    const reply = await this.send(
      'operator',
      'POST',
      '/providers/Tenantry.Sandbox/tokens?api-version=2026-11-01',
      credentials,
    )
    return stringMember(reply, 'accessToken')
  }

  async #applicationToken(credentials: { tenantId: string; clientId: string; clientSecret: string }): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: `${this.baseUrl}/.default`,
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const path = `/${credentials.tenantId}/oauth2/v2.0/token`
    return stringMember(await this.#client.send('POST', path, headers, form.toString()), 'access_token')
  }
}

function stringMember(reply: HttpReply, name: string): string {
  const value = (reply.body as Record<string, unknown> | undefined)?.[name]
  if (reply.status !== 200 || typeof value !== 'string') throw new ServerRefusal('no token was given', reply)
  return value
}
