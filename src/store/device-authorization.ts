import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { SignInTables } from './sign-in-schema.ts'

export interface DeviceAuthorization {
  readonly deviceCodeHash: string
  readonly userCode: string
  /** Nothing: the home tenant of whoever enters the code. */
  readonly tenantId: string | null
  readonly appId: string
  readonly scope: string
  readonly expiresAt: Date
  readonly intervalSeconds: number
  readonly lastPolledAt: Date | null
  readonly deniedAt: Date | null
  readonly grantId: string | null
  readonly redeemedAt: Date | null
}

/** False when the letters are those of another device that is waiting. */
export async function insertDeviceAuthorization(
  db: Db,
  device: Pick<
    DeviceAuthorization,
    'deviceCodeHash' | 'userCode' | 'tenantId' | 'appId' | 'scope' | 'expiresAt' | 'intervalSeconds'
  >,
): Promise<boolean> {
  const result = await db
    .insertInto('device_authorization')
    .values({
      device_code_hash: device.deviceCodeHash,
      user_code: device.userCode,
      tenant_id: device.tenantId,
      app_id: device.appId,
      scope: device.scope,
      expires_at: device.expiresAt,
      interval_seconds: device.intervalSeconds,
    })
    .onConflict((conflict) => conflict.column('user_code').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function lockDeviceByCode(db: Db, deviceCodeHash: string): Promise<DeviceAuthorization | undefined> {
  const row = await db
    .selectFrom('device_authorization')
    .selectAll()
    .where('device_code_hash', '=', deviceCodeHash)
    .forUpdate()
    .executeTakeFirst()
  return row && toDevice(row)
}

/** A device that waits for somebody to enter its letters. */
export async function lockWaitingDevice(db: Db, userCode: string, at: Date): Promise<DeviceAuthorization | undefined> {
  const row = await db
    .selectFrom('device_authorization')
    .selectAll()
    .where('user_code', '=', userCode)
    .where('expires_at', '>', at)
    .where('grant_id', 'is', null)
    .where('denied_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row && toDevice(row)
}

export async function writeDevicePoll(
  db: Db,
  deviceCodeHash: string,
  poll: { lastPolledAt: Date; intervalSeconds: number },
): Promise<void> {
  await db
    .updateTable('device_authorization')
    .set({ last_polled_at: poll.lastPolledAt, interval_seconds: poll.intervalSeconds })
    .where('device_code_hash', '=', deviceCodeHash)
    .execute()
}

export async function approveDevice(
  db: Db,
  deviceCodeHash: string,
  approval: { grantId: string; tenantId: string },
): Promise<void> {
  await db
    .updateTable('device_authorization')
    .set({ grant_id: approval.grantId, tenant_id: approval.tenantId })
    .where('device_code_hash', '=', deviceCodeHash)
    .execute()
}

export async function denyDevice(db: Db, deviceCodeHash: string, at: Date): Promise<void> {
  await db
    .updateTable('device_authorization')
    .set({ denied_at: at })
    .where('device_code_hash', '=', deviceCodeHash)
    .execute()
}

export async function redeemDevice(db: Db, deviceCodeHash: string, at: Date): Promise<void> {
  await db
    .updateTable('device_authorization')
    .set({ redeemed_at: at })
    .where('device_code_hash', '=', deviceCodeHash)
    .execute()
}

export async function deleteDevicesBefore(db: Db, expiresAt: Date): Promise<void> {
  await db.deleteFrom('device_authorization').where('expires_at', '<', expiresAt).execute()
}

const toDevice = (row: Selectable<SignInTables['device_authorization']>): DeviceAuthorization => ({
  deviceCodeHash: row.device_code_hash,
  userCode: row.user_code,
  tenantId: row.tenant_id,
  appId: row.app_id,
  scope: row.scope,
  expiresAt: row.expires_at,
  intervalSeconds: row.interval_seconds,
  lastPolledAt: row.last_polled_at,
  deniedAt: row.denied_at,
  grantId: row.grant_id,
  redeemedAt: row.redeemed_at,
})
