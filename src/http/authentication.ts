import { decodeProtectedHeader, errors, jwtVerify, type CryptoKey } from 'jose'
import type { Caller } from '../domain/access/caller.ts'
import { isOurAudience } from '../domain/directory/audience.ts'
import type { WallClock } from '../domain/ports.ts'

export interface TokenClaims {
  readonly tenantId: string
  readonly objectId: string
  readonly appId: string
  readonly isApplication: boolean
}

export interface AuthenticationPorts {
  readonly clock: WallClock
  readonly baseUrl: () => string
  /** The public key of a key id, also of keys that were retired but whose tokens may still live. */
  findKey(keyId: string): Promise<CryptoKey | undefined>
  /** The principal as the directory has it now; nothing when it was deleted or disabled. */
  findCaller(claims: TokenClaims): Promise<Caller | undefined>
}

/** 401 with the challenge that the SDKs and tools read. */
export class AuthenticationFailure extends Error {
  readonly code: string
  readonly challenge: string

  constructor(code: string, message: string, baseUrl: string) {
    super(message)
    this.code = code
    const error =
      code === 'AuthenticationFailed'
        ? ''
        : `, error="invalid_token", error_description="${message.replaceAll('"', "'")}"`
    this.challenge = `Bearer authorization_uri="${baseUrl}/common"${error}`
  }
}

export const issuerOf = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/v2.0`

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const rememberedMax = 10_000

export class Authenticator {
  readonly #ports: AuthenticationPorts
  /** Signatures that were checked; whether the principal still exists is asked for each request all the same. */
  readonly #verified = new Map<string, { readonly claims: TokenClaims; readonly expiresAtMs: number }>()

  constructor(ports: AuthenticationPorts) {
    this.#ports = ports
  }

  async authenticate(authorization: string | undefined): Promise<Caller> {
    const baseUrl = this.#ports.baseUrl()
    if (authorization === undefined)
      throw new AuthenticationFailure(
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing. Sign in and send a bearer token.",
        baseUrl,
      )
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (token === undefined || token.length > 16_384)
      throw new AuthenticationFailure('InvalidAuthenticationToken', 'The access token is invalid.', baseUrl)
    const claims = this.#remembered(token) ?? (await this.#verify(token, baseUrl))
    const caller = await this.#ports.findCaller(claims)
    if (!caller)
      throw new AuthenticationFailure(
        'InvalidAuthenticationToken',
        'The access token is of a principal that no longer exists or is disabled.',
        baseUrl,
      )
    return caller
  }

  #remembered(token: string): TokenClaims | undefined {
    const known = this.#verified.get(token)
    return known && known.expiresAtMs > this.#ports.clock.now().getTime() ? known.claims : undefined
  }

  #remember(token: string, claims: TokenClaims, expiresAtMs: number): TokenClaims {
    const [oldest] = this.#verified.keys()
    if (this.#verified.size >= rememberedMax && oldest !== undefined) this.#verified.delete(oldest)
    this.#verified.set(token, { claims, expiresAtMs })
    return claims
  }

  async #verify(token: string, baseUrl: string): Promise<TokenClaims> {
    try {
      const header = decodeProtectedHeader(token)
      const key = typeof header.kid === 'string' ? await this.#ports.findKey(header.kid) : undefined
      if (!key) throw new AuthenticationFailure('InvalidAuthenticationToken', 'The access token is invalid.', baseUrl)
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        typ: 'at+jwt',
        requiredClaims: ['iss', 'aud', 'exp', 'nbf', 'tid', 'oid', 'appid'],
        clockTolerance: 300,
        currentDate: this.#ports.clock.now(),
      })
      const { tid, oid, appid, idtyp, aud } = payload
      if (typeof tid !== 'string' || typeof oid !== 'string' || typeof appid !== 'string' || !guid.test(tid))
        throw new AuthenticationFailure('InvalidAuthenticationToken', 'The access token is invalid.', baseUrl)
      // All tenants share the keys, so a signature alone does not say which tenant: the issuer must name it.
      if (payload.iss !== issuerOf(baseUrl, tid))
        throw new AuthenticationFailure(
          'InvalidAuthenticationToken',
          'The access token is from the wrong issuer.',
          baseUrl,
        )
      if (typeof aud !== 'string' || !isOurAudience(aud, baseUrl))
        throw new AuthenticationFailure(
          'InvalidAuthenticationTokenAudience',
          `The access token has been obtained for the wrong audience. Ask for '${baseUrl}/.default' or 'https://management.azure.com/.default'.`,
          baseUrl,
        )
      const claims = { tenantId: tid, objectId: oid, appId: appid, isApplication: idtyp === 'app' }
      return this.#remember(token, claims, (payload.exp ?? 0) * 1000)
    } catch (error) {
      if (error instanceof AuthenticationFailure) throw error
      if (error instanceof errors.JWTExpired)
        throw new AuthenticationFailure('ExpiredAuthenticationToken', 'The access token has expired.', baseUrl)
      throw new AuthenticationFailure('InvalidAuthenticationToken', 'The access token is invalid.', baseUrl)
    }
  }
}
