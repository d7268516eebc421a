import { sql } from 'kysely'
import { json, type Db } from './db.ts'

export interface SignUp {
  readonly name: string
  readonly account: string
  readonly profile: string
  readonly section: string
  readonly ownerId: string
  readonly wanted: unknown
  readonly createdAt: Date
}

/** Two requests with the same name take turns. */
export async function lockSignUpName(db: Db, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-up ${name}`}, 0))`.execute(db)
}

export async function findSignUp(db: Db, name: string): Promise<SignUp | undefined> {
  const row = await db.selectFrom('sign_up').selectAll().where('name', '=', name).executeTakeFirst()
  return (
    row && {
      name: row.name,
      account: row.billing_account_name,
      profile: row.billing_profile_name,
      section: row.invoice_section_name,
      ownerId: row.owner_id,
      wanted: row.wanted,
      createdAt: row.created_at,
    }
  )
}

export async function insertSignUp(db: Db, signUp: SignUp): Promise<void> {
  await db
    .insertInto('sign_up')
    .values({
      name: signUp.name,
      billing_account_name: signUp.account,
      billing_profile_name: signUp.profile,
      invoice_section_name: signUp.section,
      owner_id: signUp.ownerId,
      wanted: json(signUp.wanted),
      created_at: signUp.createdAt,
    })
    .execute()
}
