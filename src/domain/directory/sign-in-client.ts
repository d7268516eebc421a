import { noRedirectUris, type RedirectUris } from './redirect-uri.ts'

/** An application as it takes part in a sign-in. */
export interface SignInClient {
  readonly appId: string
  readonly displayName: string
  readonly redirectUris: RedirectUris
  /** It may sign in without a redirect, by a device code. */
  readonly isFallbackPublicClient: boolean
  /** The registration; absent for a client that every tenant knows. */
  readonly registration: { readonly id: string; readonly tenantId: string; readonly isMultiTenant: boolean } | undefined
}

/** The public client of the Azure CLI and of @azure/identity; it is known in every tenant. */
export const commandLineClient: SignInClient = {
  appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  displayName: 'Azure CLI',
  redirectUris: { ...noRedirectUris, publicClient: ['http://localhost', 'http://127.0.0.1'] },
  isFallbackPublicClient: true,
  registration: undefined,
}

/** The client id that tokens of the sandbox carry. */
export const sandboxAppId = '7e0a0a51-5a9d-4b0c-9d38-5e6f0b0c5a4d'

/**
 * Clients of the platform itself, which act for a person in every tenant where that person has an account (MAU-5). What
 * belongs to a tenant acts in that tenant alone: it could have somebody else's administrator sign in to it.
 */
export const isPlatformClient = (appId: string): boolean => appId === commandLineClient.appId || appId === sandboxAppId

export const codeLifetimeMs = 10 * 60_000
export const deviceCodeLifetimeMs = 15 * 60_000
export const devicePollSeconds = 5
/** Without use for so long, a refresh token is worth nothing; that of a page in a browser lives a day. */
export const refreshLifetimeDays = { web: 90, publicClient: 90, device: 90, spa: 1 } as const
export const dayMs = 24 * 3_600_000

/** RFC 8628, 3.5: who asks again before the interval is over is told to slow down. Clients' timers may be a little early. */
export const pollsTooFast = (lastPolledAt: Date | null, intervalSeconds: number, at: Date): boolean =>
  lastPolledAt !== null && at.getTime() - lastPolledAt.getTime() < intervalSeconds * 1000 - 1000

// Without vowels there are no words, without 0, 1, O and I nothing to mix up.
const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ'

/** Eight letters that people type; 34 bits, which hold against the few guesses that the page allows. */
export function userCodeOf(bytes: Uint8Array): string {
  let number = bytes.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  let code = ''
  for (let index = 0; index < 8; index++) {
    code += userCodeLetters[Number(number % 20n)]
    number /= 20n
  }
  return code
}

export const readableUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`
export const normalUserCode = (typed: string): string =>
  typed
    .slice(0, 40)
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
