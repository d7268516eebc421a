import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from 'openid-client'
import type { OutsideFailure, OutsideIdentity, OutsideIssuers, OutsideRegistration } from '../domain/ports.ts'
import { guardedFetch, UnsafeAddress } from './guarded-fetch.ts'

const wellKnown = '/.well-known/openid-configuration'
const timeoutSeconds = 5

class WrongIssuer extends Error {}

/**
 * OpenID providers that tenants name. Every address of theirs, also those that their metadata gives, is fetched guarded
 * (TRUST S40); the signature of an id token is checked although it came over TLS.
 */
export function openOutsideIssuers(allowsPrivate: boolean): OutsideIssuers {
  const fetchGuarded = guardedFetch(allowsPrivate)

  async function configure(registration: OutsideRegistration): Promise<Configuration> {
    const config = await discovery(
      new URL(registration.metadataUrl),
      registration.clientId,
      registration.clientSecret,
      undefined,
      {
        [customFetch]: fetchGuarded,
        execute: [enableNonRepudiationChecks],
        timeout: timeoutSeconds,
      },
    )
    // OpenID Connect Discovery, 4.3: whoever publishes the metadata is the issuer, and no other.
    const expected = registration.metadataUrl.slice(0, -wellKnown.length)
    if (config.serverMetadata().issuer.replace(/\/$/, '') !== expected) throw new WrongIssuer()
    return config
  }

  return {
    async authorizationUrl(registration, binding, hints) {
      try {
        const address = buildAuthorizationUrl(await configure(registration), {
          redirect_uri: binding.redirectUri,
          scope: registration.scope,
          state: binding.state,
          nonce: binding.nonce,
          code_challenge: await calculatePKCECodeChallenge(binding.codeVerifier),
          code_challenge_method: 'S256',
          ...(hints.loginHint === undefined ? {} : { login_hint: hints.loginHint }),
          ...(hints.domainHint === undefined ? {} : { domain_hint: hints.domainHint }),
        })
        return address.protocol === 'https:' ? { kind: 'address', address: address.href } : { kind: 'unsafe' }
      } catch (error) {
        return failureOf(error)
      }
    },
    async redeem(registration, binding, answer) {
      try {
        const config = await configure(registration)
        const url = new URL(binding.redirectUri)
        url.search = answer.toString()
        const tokens = await authorizationCodeGrant(config, url, {
          pkceCodeVerifier: binding.codeVerifier,
          expectedState: binding.state,
          expectedNonce: binding.nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) return { kind: 'untrusted' }
        // Many providers say the address at their userinfo endpoint only.
        const isAsked = claims.email === undefined && registration.scope.split(' ').includes('email')
        const more =
          isAsked && config.serverMetadata().userinfo_endpoint !== undefined
            ? await fetchUserInfo(config, tokens.access_token, claims.sub)
            : {}
        return { kind: 'verified', identity: identityOf({ ...more, ...claims }) }
      } catch (error) {
        return failureOf(error)
      }
    },
  }
}

const identityOf = (claims: Record<string, unknown> & { iss: string; sub: string }): OutsideIdentity => ({
  issuer: claims.iss,
  subject: claims.sub,
  email: textOf(claims.email, 320),
  isEmailVerified: claims.email_verified === true,
  name: textOf(claims.name, 256),
})

const textOf = (value: unknown, longest: number): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longest) : null

function failureOf(error: unknown): OutsideFailure {
  const causes = causesOf(error)
  if (causes.some((cause) => cause instanceof UnsafeAddress)) return { kind: 'unsafe' }
  if (causes.some((cause) => cause instanceof AuthorizationResponseError)) return { kind: 'denied' }
  const isUnreachable = causes.some(
    (cause) =>
      cause instanceof Response ||
      (cause instanceof Error && (cause.name === 'TimeoutError' || 'syscall' in cause || isOfTls(cause))),
  )
  return { kind: isUnreachable ? 'unreachable' : 'untrusted' }
}

const isOfTls = (error: Error & { code?: unknown }): boolean =>
  typeof error.code === 'string' && /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|^ECONN/.test(error.code)

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let cause = error; cause !== undefined && causes.length < 5; ) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}
