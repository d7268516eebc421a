import { z } from 'zod'
import { customerAgreement } from '../../domain/partner/customer.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { attestAgreement, listAgreementsOf } from '../../operations/attest-agreement.ts'
import { authorizeConsole } from '../../operations/authorize-partner.ts'
import type { OperationContext } from '../../operations/context.ts'
import { parsePartnerCenterBody, partnerCenter, toCollection } from './convention.ts'

const text = z.string().trim().min(1).max(256)

const agreementBody = z.object({
  primaryContact: z.object({
    firstName: text,
    lastName: text,
    email: z.email(),
    phoneNumber: z.string().trim().max(64).nullish(),
  }),
  templateId: z.string().max(64),
  dateAgreed: z.union([z.iso.datetime({ offset: true }), z.iso.date(), z.iso.datetime({ local: true })]),
  type: z.literal('MicrosoftCustomerAgreement'),
})

const path = '/v1/customers/{customerId}/agreements'

export const agreementOperations: readonly Operation<OperationContext>[] = [
  {
    ...partnerCenter,
    id: 'Agreements_Create',
    method: 'POST',
    path,
    statuses: [201],
    permission: 'console right attestAgreement',
    summary: 'Records who accepted the agreement for the customer, and when.',
    body: agreementBody,
    async handle(context, request) {
      const wire = parsePartnerCenterBody(request, agreementBody)
      const { primaryContact: contact, templateId, dateAgreed } = wire
      const agreement = await attestAgreement(context, pathParameter(request, 'customerId'), {
        ...contact,
        phoneNumber: contact.phoneNumber ?? undefined,
        templateId,
        // A time without a zone is UTC here.
        dateAgreed: new Date(/(Z|[+-]\d\d:\d\d)$|^\d{4}-\d\d-\d\d$/i.test(dateAgreed) ? dateAgreed : `${dateAgreed}Z`),
      })
      return created(toWireAgreement(agreement, request))
    },
  },
  {
    ...partnerCenter,
    id: 'Agreements_List',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'The acceptances of the agreement that are recorded for the customer.',
    query: { agreementType: 'optional' },
    async handle(context, request) {
      requireKnownType(request)
      const agreements = await listAgreementsOf(context, pathParameter(request, 'customerId'))
      const items = agreements.map((agreement) => toWireAgreement(agreement, request))
      return ok(toCollection(request, items, items.length))
    },
  },
  {
    ...partnerCenter,
    id: 'AgreementDetails_List',
    method: 'GET',
    path: '/v1/agreements',
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'The agreement that customers accept, and the template that names its text.',
    query: { agreementType: 'optional', country: 'optional' },
    async handle(context, request) {
      await authorizeConsole(context, 'viewCustomers')
      requireKnownType(request)
      const { templateId, type, versionRank } = customerAgreement
      const item = { templateId, agreementType: type, agreementLink: agreementLink(request), versionRank }
      return ok(toCollection(request, [item], 1))
    },
  },
]

function requireKnownType(request: ApiRequest): void {
  const type = queryValue(request, 'agreementType')
  if (type === undefined || type === '*' || type.toLowerCase() === customerAgreement.type.toLowerCase()) return
  throw invalid(
    'AgreementTypeNotSupported',
    `Agreements of the type '${type}' are not supported. Use ${customerAgreement.type}.`,
    'agreementType',
  )
}

const agreementLink = ({ baseUrl }: ApiRequest): string => `${baseUrl}/v1/agreements`

const toWireAgreement = (agreement: Awaited<ReturnType<typeof attestAgreement>>, request: ApiRequest) => ({
  userId: agreement.recordedBy,
  primaryContact: {
    firstName: agreement.firstName,
    lastName: agreement.lastName,
    email: agreement.email,
    ...(agreement.phoneNumber === null ? {} : { phoneNumber: agreement.phoneNumber }),
  },
  templateId: agreement.templateId,
  dateAgreed: agreement.dateAgreed.toISOString(),
  type: agreement.agreementType,
  agreementLink: agreementLink(request),
  attributes: { objectType: 'Agreement' },
})
