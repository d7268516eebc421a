import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface CustomerAgreement {
  readonly id: string
  readonly partnerId: string
  readonly tenantId: string
  readonly agreementType: Database['customer_agreement']['agreement_type']
  readonly templateId: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly phoneNumber: string | null
  readonly dateAgreed: Date
  readonly recordedAt: Date
  /** Who of the partner says that the customer accepted. */
  readonly recordedBy: string
}

/** False when the same person's acceptance is recorded already. */
export async function insertCustomerAgreement(db: Db, agreement: CustomerAgreement): Promise<boolean> {
  const result = await db
    .insertInto('customer_agreement')
    .values({
      id: agreement.id,
      partner_id: agreement.partnerId,
      tenant_id: agreement.tenantId,
      agreement_type: agreement.agreementType,
      template_id: agreement.templateId,
      first_name: agreement.firstName,
      last_name: agreement.lastName,
      email: agreement.email,
      phone_number: agreement.phoneNumber,
      date_agreed: agreement.dateAgreed,
      recorded_at: agreement.recordedAt,
      recorded_by: agreement.recordedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** The latest first. */
export async function listCustomerAgreements(
  db: Db,
  partnerId: string,
  tenantId: string,
): Promise<CustomerAgreement[]> {
  const rows = await db
    .selectFrom('customer_agreement')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .where('tenant_id', '=', tenantId)
    .orderBy('recorded_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toAgreement)
}

function toAgreement(row: Selectable<Database['customer_agreement']>): CustomerAgreement {
  return {
    id: row.id,
    partnerId: row.partner_id,
    tenantId: row.tenant_id,
    agreementType: row.agreement_type,
    templateId: row.template_id,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    phoneNumber: row.phone_number,
    dateAgreed: row.date_agreed,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
  }
}
