import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { SignInTables } from './sign-in-schema.ts'

export interface SignInGrant {
  readonly id: string
  readonly appId: string
  readonly clientKind: SignInTables['sign_in_grant']['client_kind']
  /** Who signed in, at home. */
  readonly home: { readonly tenantId: string; readonly objectId: string }
  readonly authenticatedAt: Date
  readonly scope: string
  readonly revokedAt: Date | null
}

export async function insertGrant(db: Db, grant: Omit<SignInGrant, 'revokedAt'>, createdAt: Date): Promise<void> {
  await db
    .insertInto('sign_in_grant')
    .values({
      id: grant.id,
      app_id: grant.appId,
      client_kind: grant.clientKind,
      home_tenant_id: grant.home.tenantId,
      home_user_id: grant.home.objectId,
      authenticated_at: grant.authenticatedAt,
      scope: grant.scope,
      created_at: createdAt,
    })
    .execute()
}

/** All that hangs on it takes turns, so that of two uses of one code or token at once one is the first. */
export async function lockGrant(db: Db, id: string): Promise<SignInGrant> {
  return toGrant(
    await db.selectFrom('sign_in_grant').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow(),
  )
}

export async function revokeGrant(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable('sign_in_grant')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

export interface AuthorizationCode {
  readonly codeHash: string
  readonly grantId: string
  readonly tenantId: string
  readonly redirectUri: string
  readonly codeChallenge: string | null
  readonly nonce: string | null
  readonly expiresAt: Date
  readonly redeemedAt: Date | null
}

export async function insertCode(db: Db, code: Omit<AuthorizationCode, 'redeemedAt'>): Promise<void> {
  await db
    .insertInto('authorization_code')
    .values({
      code_hash: code.codeHash,
      grant_id: code.grantId,
      tenant_id: code.tenantId,
      redirect_uri: code.redirectUri,
      code_challenge: code.codeChallenge,
      nonce: code.nonce,
      expires_at: code.expiresAt,
    })
    .execute()
}

export async function lockCode(db: Db, codeHash: string): Promise<AuthorizationCode | undefined> {
  const row = await db
    .selectFrom('authorization_code')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .forUpdate()
    .executeTakeFirst()
  return (
    row && {
      codeHash: row.code_hash,
      grantId: row.grant_id,
      tenantId: row.tenant_id,
      redirectUri: row.redirect_uri,
      codeChallenge: row.code_challenge,
      nonce: row.nonce,
      expiresAt: row.expires_at,
      redeemedAt: row.redeemed_at,
    }
  )
}

export async function redeemCode(db: Db, codeHash: string, at: Date): Promise<void> {
  await db.updateTable('authorization_code').set({ redeemed_at: at }).where('code_hash', '=', codeHash).execute()
}

export interface RefreshToken {
  readonly grantId: string
  readonly expiresAt: Date
  readonly replacedAt: Date | null
}

export async function lockRefreshToken(db: Db, tokenHash: string): Promise<RefreshToken | undefined> {
  const row = await db
    .selectFrom('refresh_token')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst()
  return row && { grantId: row.grant_id, expiresAt: row.expires_at, replacedAt: row.replaced_at }
}

/** The new one takes the place of the one before it in the same grant. */
export async function replaceRefreshToken(
  db: Db,
  token: { tokenHash: string; grantId: string; expiresAt: Date },
  at: Date,
): Promise<void> {
  await db
    .updateTable('refresh_token')
    .set({ replaced_at: at })
    .where('grant_id', '=', token.grantId)
    .where('replaced_at', 'is', null)
    .execute()
  await db
    .insertInto('refresh_token')
    .values({ token_hash: token.tokenHash, grant_id: token.grantId, expires_at: token.expiresAt })
    .execute()
}

/** Grants that have nothing left to give; their codes and tokens go with them. */
export async function deleteEndedGrants(db: Db, before: Date): Promise<void> {
  await db
    .deleteFrom('sign_in_grant as g')
    .where('g.created_at', '<', before)
    .where((query) =>
      query.not(
        query.exists(
          query
            .selectFrom('refresh_token as r')
            .select('r.grant_id')
            .whereRef('r.grant_id', '=', 'g.id')
            .where('r.expires_at', '>=', before),
        ),
      ),
    )
    .execute()
}

const toGrant = (row: Selectable<SignInTables['sign_in_grant']>): SignInGrant => ({
  id: row.id,
  appId: row.app_id,
  clientKind: row.client_kind,
  home: { tenantId: row.home_tenant_id, objectId: row.home_user_id },
  authenticatedAt: row.authenticated_at,
  scope: row.scope,
  revokedAt: row.revoked_at,
})
