import type { Db } from './db.ts'

export interface StandingAgreement {
  readonly version: string
  readonly agreedAt: Date
  readonly agreedBy: string
  readonly agreedByName: string
}

/** False when the account had agreed to this edition before. */
export async function insertStandingAgreement(db: Db, account: string, agreement: StandingAgreement): Promise<boolean> {
  const result = await db
    .insertInto('transfer_terms_agreement')
    .values({
      billing_account_name: account,
      terms_version: agreement.version,
      agreed_at: agreement.agreedAt,
      agreed_by: agreement.agreedBy,
      agreed_by_name: agreement.agreedByName,
    })
    .onConflict((conflict) => conflict.columns(['billing_account_name', 'terms_version']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findStandingAgreement(
  db: Db,
  account: string,
  version: string,
): Promise<StandingAgreement | undefined> {
  return db
    .selectFrom('transfer_terms_agreement')
    .where('billing_account_name', '=', account)
    .where('terms_version', '=', version)
    .select([
      'terms_version as version',
      'agreed_at as agreedAt',
      'agreed_by as agreedBy',
      'agreed_by_name as agreedByName',
    ])
    .executeTakeFirst()
}

export async function deleteStandingAgreement(db: Db, account: string, version: string): Promise<boolean> {
  const result = await db
    .deleteFrom('transfer_terms_agreement')
    .where('billing_account_name', '=', account)
    .where('terms_version', '=', version)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
