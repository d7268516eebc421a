import { z } from 'zod'
import { isGuid } from '../../domain/directory/object-id.ts'
import { notFound } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { changeCollaborationPolicy, readCollaborationPolicy } from '../../operations/collaboration-policy.ts'
import type { OperationContext } from '../../operations/context.ts'

const address = z
  .url({ protocol: /^https$/, error: 'is an https address' })
  .max(2048)
  .nullable()
const guestTermsBody = z.object({
  properties: z.object({ privacyStatementUrl: address.default(null), termsOfUseUrl: address.default(null) }),
})

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const path = '/providers/Tenantry.Directory/tenants/{tenantId}/guestTerms'

/** TEN-13: what guests are shown, and must accept, with an invitation. */
export const guestTermsOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'GuestTerms_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'policies/read',
    summary: "The tenant's privacy statement and the terms of use that guests accept.",
    async handle(context, request) {
      return ok(toWire(await readCollaborationPolicy(context, tenantIdOf(request))))
    },
  },
  {
    ...common,
    id: 'GuestTerms_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200],
    permission: 'policies/update',
    summary: 'Sets the privacy statement and the terms of use for guests who accept from now on.',
    body: guestTermsBody,
    async handle(context, request) {
      const { properties } = parseBody(request, guestTermsBody)
      return ok(toWire(await changeCollaborationPolicy(context, properties, tenantIdOf(request))))
    },
  },
]

const toWire = (policy: { privacyStatementUrl: string | null; termsOfUseUrl: string | null }) => ({
  properties: { privacyStatementUrl: policy.privacyStatementUrl, termsOfUseUrl: policy.termsOfUseUrl },
})

function tenantIdOf(request: ApiRequest): string {
  const id = pathParameter(request, 'tenantId')
  if (!isGuid(id)) throw notFound('TenantNotFound', `The tenant '${id}' could not be found.`)
  return id.toLowerCase()
}
