import { type CryptoKey, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { WallClock } from '../domain/ports.ts'

export interface SigningKeyPair {
  readonly keyId: string
  readonly privateJwk: Record<string, unknown>
  readonly publicJwk: Record<string, unknown>
}

export async function generateSigningKey(keyId: string): Promise<SigningKeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  return {
    keyId,
    privateJwk: { ...(await exportJWK(privateKey)) },
    publicJwk: { ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' },
  }
}

/** How long an access token lives, in seconds; a revoked role or principal takes effect earlier, with the next request. */
const lifetimeSeconds = 3600

export interface TokenClaimsToSign {
  readonly issuer: string
  readonly tenantId: string
  readonly objectId: string
  readonly appId: string
  readonly audience: string
  readonly isApplication: boolean
  readonly userName?: string
  readonly displayName?: string
  readonly authenticatedAt?: Date
  readonly isGuest?: boolean
  /** Where the person is at home, when that is another tenant than the token's. */
  readonly homeIssuer?: string | undefined
}

export interface IdTokenClaims {
  readonly issuer: string
  readonly tenantId: string
  readonly objectId: string
  readonly appId: string
  readonly subject: string
  readonly userName: string
  readonly displayName: string
  readonly mail: string | undefined
  readonly authenticatedAt: Date
  readonly isGuest: boolean
  readonly homeIssuer: string | undefined
  readonly nonce: string | undefined
}

export class TokenSigner {
  readonly #clock: WallClock
  readonly #keyId: string
  readonly #privateKey: CryptoKey
  readonly #publicKeys: Map<string, CryptoKey>
  readonly #publicJwks: readonly Record<string, unknown>[]

  private constructor(
    clock: WallClock,
    keyId: string,
    privateKey: CryptoKey,
    publicKeys: Map<string, CryptoKey>,
    publicJwks: readonly Record<string, unknown>[],
  ) {
    this.#clock = clock
    this.#keyId = keyId
    this.#privateKey = privateKey
    this.#publicKeys = publicKeys
    this.#publicJwks = publicJwks
  }

  /** The first key signs; all of them verify. */
  static async create(clock: WallClock, keys: readonly SigningKeyPair[]): Promise<TokenSigner> {
    const [newest] = keys
    if (!newest) throw new Error('there is no signing key')
    const publicKeys = new Map<string, CryptoKey>()
    for (const key of keys) publicKeys.set(key.keyId, (await importJWK(key.publicJwk, 'RS256')) as CryptoKey)
    const privateKey = (await importJWK(newest.privateJwk, 'RS256')) as CryptoKey
    return new TokenSigner(
      clock,
      newest.keyId,
      privateKey,
      publicKeys,
      keys.map((key) => key.publicJwk),
    )
  }

  /** As a JWK set publishes them. */
  get publicJwks(): readonly Record<string, unknown>[] {
    return this.#publicJwks
  }

  findKey(keyId: string): CryptoKey | undefined {
    return this.#publicKeys.get(keyId)
  }

  /** Says something in the installation's name; without issuer, audience and end it opens nothing. */
  signStatement(type: string, claims: Readonly<Record<string, unknown>>): Promise<string> {
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: type, kid: this.#keyId })
      .sign(this.#privateKey)
  }

  async sign(claims: TokenClaimsToSign): Promise<{ accessToken: string; expiresInSeconds: number }> {
    const issuedAt = seconds(this.#clock.now())
    const accessToken = await new SignJWT({
      tid: claims.tenantId,
      oid: claims.objectId,
      sub: claims.objectId,
      appid: claims.appId,
      azp: claims.appId,
      ver: '2.0',
      ...(claims.isApplication ? { idtyp: 'app' } : { scp: 'user_impersonation' }),
      ...(claims.userName === undefined ? {} : { upn: claims.userName, preferred_username: claims.userName }),
      ...(claims.displayName === undefined ? {} : { name: claims.displayName }),
      ...(claims.isGuest === undefined ? {} : { acct: claims.isGuest ? 1 : 0 }),
      ...(claims.homeIssuer === undefined ? {} : { idp: claims.homeIssuer }),
      ...(claims.authenticatedAt === undefined ? {} : { auth_time: seconds(claims.authenticatedAt), amr: ['pwd'] }),
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: this.#keyId })
      .setIssuer(claims.issuer)
      .setAudience(claims.audience)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(this.#privateKey)
    return { accessToken, expiresInSeconds: lifetimeSeconds }
  }

  /** Its type and audience are not those of an access token, so no API of ours takes it for one. */
  async signIdToken(claims: IdTokenClaims): Promise<string> {
    const issuedAt = seconds(this.#clock.now())
    return new SignJWT({
      tid: claims.tenantId,
      oid: claims.objectId,
      ver: '2.0',
      name: claims.displayName,
      preferred_username: claims.userName,
      auth_time: seconds(claims.authenticatedAt),
      amr: ['pwd'],
      acct: claims.isGuest ? 1 : 0,
      ...(claims.mail === undefined ? {} : { email: claims.mail }),
      ...(claims.homeIssuer === undefined ? {} : { idp: claims.homeIssuer }),
      ...(claims.nonce === undefined ? {} : { nonce: claims.nonce }),
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#keyId })
      .setIssuer(claims.issuer)
      .setSubject(claims.subject)
      .setAudience(claims.appId)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(this.#privateKey)
  }
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)
