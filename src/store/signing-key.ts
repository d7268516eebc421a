import { json, type Db } from './db.ts'

export interface SigningKey {
  readonly keyId: string
  readonly privateJwk: Record<string, unknown>
  readonly publicJwk: Record<string, unknown>
  readonly createdAt: Date
  readonly retiredAt: Date | null
}

export async function listSigningKeys(db: Db): Promise<SigningKey[]> {
  const rows = await db.selectFrom('signing_key').selectAll().orderBy('created_at', 'desc').orderBy('key_id').execute()
  return rows.map((row) => ({
    keyId: row.key_id,
    privateJwk: row.private_jwk,
    publicJwk: row.public_jwk,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  }))
}

export async function insertSigningKey(db: Db, key: Omit<SigningKey, 'retiredAt'>): Promise<void> {
  await db
    .insertInto('signing_key')
    .values({
      key_id: key.keyId,
      private_jwk: json(key.privateJwk),
      public_jwk: json(key.publicJwk),
      created_at: key.createdAt,
      retired_at: null,
    })
    .execute()
}
