import {
  deviceCodeLifetimeMs,
  devicePollSeconds,
  normalUserCode,
  pollsTooFast,
  type SignInClient,
  userCodeOf,
} from '../domain/directory/sign-in-client.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import { accountLimits, afterFailure, secondsToWait } from '../domain/directory/sign-in-throttle.ts'
import { parseTokenScope, type TokenScope } from '../domain/directory/token-scope.ts'
import {
  approveDevice,
  type DeviceAuthorization,
  denyDevice,
  insertDeviceAuthorization,
  lockDeviceByCode,
  lockWaitingDevice,
  redeemDevice,
  writeDevicePoll,
} from '../store/device-authorization.ts'
import { deleteFailures, lockFailures, writeFailures } from '../store/sign-in-failure.ts'
import { lockGrant, revokeGrant } from '../store/sign-in-grant.ts'
import { authenticateClient, type ClientCredentials } from './authenticate-client.ts'
import type { OperationContext } from './context.ts'
import { findSignInClient } from './find-sign-in-client.ts'
import { grantSignIn } from './grant-sign-in.ts'
import { issueUserTokens, type UserTokens } from './issue-user-tokens.ts'
import { hashSecret } from './secret-hash.ts'
import type { SignedIn } from './sign-in-session.ts'

export interface StartedDevice {
  readonly kind: 'started'
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

/** A device without a browser asks for letters that its user enters elsewhere (RFC 8628). */
export async function startDeviceSignIn(
  context: OperationContext,
  wanted: { readonly client: SignInClient; readonly tenantId: string | undefined; readonly scope: TokenScope },
): Promise<StartedDevice | Refused> {
  if (!wanted.client.isFallbackPublicClient) return refusedBecause('not_a_public_client')
  const deviceCode = context.random.secret()
  for (let attempt = 0; attempt < 5; attempt++) {
    const userCode = userCodeOf(context.random.bytes(8))
    const isFree = await insertDeviceAuthorization(context.db, {
      deviceCodeHash: hashSecret(deviceCode),
      userCode,
      tenantId: wanted.tenantId ?? null,
      appId: wanted.client.appId,
      scope: wanted.scope.text,
      expiresAt: new Date(context.wallClock.now().getTime() + deviceCodeLifetimeMs),
      intervalSeconds: devicePollSeconds,
    })
    if (isFree)
      return {
        kind: 'started',
        deviceCode,
        userCode,
        expiresInSeconds: deviceCodeLifetimeMs / 1000,
        intervalSeconds: devicePollSeconds,
      }
  }
  throw new Error('five times in a row the letters were taken')
}

export type FoundDevice =
  | { readonly kind: 'device'; readonly device: DeviceAuthorization; readonly client: SignInClient }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unknown' }

/** The device whose letters somebody entered. Wrong ones count as guesses of the person who entered them. */
export async function findDeviceByUserCode(
  context: OperationContext,
  person: SignedIn,
  typed: string,
): Promise<FoundDevice> {
  const { db, wallClock } = context
  const at = wallClock.now()
  const subject = `device ${person.objectId}`
  const failures = await lockFailures(db, subject, at)
  const wait = secondsToWait(failures, at)
  if (wait !== undefined) return { kind: 'throttled', retryAfterSeconds: wait }
  const device = await lockWaitingDevice(db, normalUserCode(typed), at)
  const client = device && (await findSignInClient(context, device.appId))
  if (!device || !client) {
    await writeFailures(db, subject, afterFailure(failures, accountLimits, at))
    return { kind: 'unknown' }
  }
  await deleteFailures(db, subject)
  return { kind: 'device', device, client }
}

/** Lets the device in as the person, in the tenant that it asked for or else at home; or tells it no. */
export async function answerDevice(
  context: OperationContext,
  person: SignedIn,
  found: Extract<FoundDevice, { kind: 'device' }>,
  isAllowed: boolean,
): Promise<{ readonly kind: 'allowed' | 'denied' } | Refused> {
  const { device, client } = found
  if (!isAllowed) {
    await denyDevice(context.db, device.deviceCodeHash, context.wallClock.now())
    return { kind: 'denied' }
  }
  const scope = parseTokenScope(device.scope)
  if (!scope) return refusedBecause('invalid_scope')
  const tenantId = device.tenantId ?? person.tenantId
  const granted = await grantSignIn(context, { person, tenantId, client, clientKind: 'device', scope })
  if (granted.kind === 'refused') return granted
  await approveDevice(context.db, device.deviceCodeHash, { grantId: granted.grantId, tenantId })
  return { kind: 'allowed' }
}

/** What the device asks again and again until its user has answered; the tokens are given once. */
export async function redeemDeviceCode(
  context: OperationContext,
  request: { readonly client: ClientCredentials; readonly deviceCode: string; readonly tenantId: string | undefined },
): Promise<UserTokens | Refused> {
  const { db, wallClock } = context
  const at = wallClock.now()
  const client = await authenticateClient(context, request.client, 'device')
  if (client.kind === 'refused') return client
  const device = await lockDeviceByCode(db, hashSecret(request.deviceCode))
  if (!device || device.appId !== client.appId) return refusedBecause('bad_verification_code')
  if (request.tenantId !== undefined && device.tenantId !== null && request.tenantId !== device.tenantId)
    return refusedBecause('bad_verification_code')
  if (device.redeemedAt !== null) {
    if (device.grantId !== null) await revokeGrant(db, device.grantId, at)
    return refusedBecause('code_redeemed')
  }
  if (device.deniedAt !== null) return refusedBecause('authorization_declined')
  if (at >= device.expiresAt) return refusedBecause('expired_token')
  if (device.grantId === null || device.tenantId === null) {
    const isTooFast = pollsTooFast(device.lastPolledAt, device.intervalSeconds, at)
    const intervalSeconds = device.intervalSeconds + (isTooFast ? 5 : 0)
    await writeDevicePoll(db, device.deviceCodeHash, { lastPolledAt: at, intervalSeconds })
    return refusedBecause(isTooFast ? 'slow_down' : 'authorization_pending')
  }
  const scope = parseTokenScope(device.scope)
  if (!scope) return refusedBecause('invalid_scope')
  await redeemDevice(db, device.deviceCodeHash, at)
  return issueUserTokens(context, {
    grant: await lockGrant(db, device.grantId),
    client: client.client,
    tenantId: device.tenantId,
    scope,
    nonce: undefined,
    by: 'deviceCode',
  })
}
