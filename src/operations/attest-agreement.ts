import { agreementExists, checkAttestation, customerAgreement, requireSeller } from '../domain/partner/customer.ts'
import { type CustomerAgreement, insertCustomerAgreement, listCustomerAgreements } from '../store/customer-agreement.ts'
import { customerScope } from './add-customer.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { requireCustomer } from './read-customer.ts'

export interface WantedAttestation {
  readonly templateId: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly phoneNumber: string | undefined
  readonly dateAgreed: Date
}

/** PAR-3: the partner says who accepted the agreement for the customer, and when. */
export async function attestAgreement(
  context: OperationContext,
  tenantId: string,
  wanted: WantedAttestation,
): Promise<CustomerAgreement> {
  const { partner, customer } = await requireCustomer(context, 'attestAgreement', tenantId)
  requireSeller(partner, 'attest agreements')
  checkAttestation(wanted, context.now)
  const agreement = {
    id: context.random.uuid(),
    partnerId: partner.id,
    tenantId: customer.tenantId,
    agreementType: customerAgreement.type,
    templateId: customerAgreement.templateId,
    firstName: wanted.firstName,
    lastName: wanted.lastName,
    email: wanted.email,
    phoneNumber: wanted.phoneNumber ?? null,
    dateAgreed: wanted.dateAgreed,
    recordedAt: context.now,
    recordedBy: context.caller.objectId,
  }
  if (!(await insertCustomerAgreement(context.db, agreement))) throw agreementExists()
  await appendAudit(context, {
    action: 'Tenantry.Partner/customers/agreements/write',
    scope: customerScope(partner, customer.tenantId),
    after: {
      acceptedBy: `${wanted.firstName} ${wanted.lastName}`,
      email: wanted.email,
      dateAgreed: wanted.dateAgreed.toISOString(),
    },
  })
  return agreement
}

export async function listAgreementsOf(context: OperationContext, tenantId: string): Promise<CustomerAgreement[]> {
  const { partner, customer } = await requireCustomer(context, 'viewCustomers', tenantId)
  return listCustomerAgreements(context.db, partner.id, customer.tenantId)
}
