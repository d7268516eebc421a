import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { getSection, listSections, putSection, type SectionView } from '../../operations/change-invoice-section.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteSection, validateSectionDeletion } from '../../operations/delete-billing-profile.ts'
import { includesDeleted, toWireEligibility } from './delete-eligibility.wire.ts'
import { fromWireSection, sectionBody, toWireSection } from './invoice-section.wire.ts'

const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const sections =
  '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/billingProfiles/{billingProfileName}/invoiceSections'
const path = `${sections}/{invoiceSectionName}`

export const invoiceSectionOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'InvoiceSections_ListByBillingProfile',
    method: 'GET',
    path: sections,
    statuses: [200],
    permission: 'P10 View sections; others see those that they have a role on',
    summary: 'The invoice sections of a profile.',
    query: { includeDeleted: 'optional' },
    async handle(context, request) {
      const views = await listSections(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
        includesDeleted(request),
      )
      const { after, top } = readPage(request)
      const rest = views.filter(({ section }) => after === undefined || section.name > after)
      const { rows, next } = splitPage(rest, top, ({ section }) => section.name)
      return ok(toPage(request, rows.map(wireOf), next))
    },
  },
  {
    ...common,
    id: 'InvoiceSections_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'S3 View section properties',
    summary: 'An invoice section.',
    async handle(context, request) {
      const view = await getSection(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
        pathParameter(request, 'invoiceSectionName'),
      )
      return ok(wireOf(view))
    },
  },
  {
    ...common,
    id: 'InvoiceSections_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'P11 Create a section; S4 Update section properties',
    summary: 'Makes an invoice section, or changes one.',
    body: sectionBody,
    async handle(context, request) {
      const put = await putSection(
        context,
        pathParameter(request, 'billingAccountName'),
        pathParameter(request, 'billingProfileName'),
        pathParameter(request, 'invoiceSectionName'),
        fromWireSection(parseBody(request, sectionBody)),
      )
      return (put.isNew ? created : ok)(wireOf(put))
    },
  },
  {
    ...common,
    apiVersions: ['2024-04-01'],
    id: 'InvoiceSections_Delete',
    method: 'DELETE',
    path,
    statuses: [204],
    permission: 'P11 Create a section',
    summary: 'Deletes a section that pays for nothing.',
    async handle(context, request) {
      await deleteSection(context, ...placeOf(request))
      return noContent()
    },
  },
  {
    ...common,
    apiVersions: ['2024-04-01'],
    id: 'InvoiceSections_ValidateDeleteEligibility',
    method: 'POST',
    path: `${path}/validateDeleteEligibility`,
    statuses: [200],
    permission: 'P11 Create a section',
    summary: 'Whether the section can be deleted, and everything that is in the way.',
    async handle(context, request) {
      return ok(toWireEligibility(await validateSectionDeletion(context, ...placeOf(request))))
    },
  },
]

const placeOf = (request: ApiRequest): [string, string, string] => [
  pathParameter(request, 'billingAccountName'),
  pathParameter(request, 'billingProfileName'),
  pathParameter(request, 'invoiceSectionName'),
]

const wireOf = ({ access, section }: SectionView) => toWireSection(access.account.name, section)
