import { z } from 'zod'
import { billingAccountId } from '../../domain/billing/billing-ids.ts'
import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  type AccountCreationPolicy,
  putCreationPolicy,
  readCreationPolicy,
} from '../../operations/account-creation-policy.ts'
import type { OperationContext } from '../../operations/context.ts'

const creationPolicyBody = z.object({
  properties: z.object({ creationInOtherTenants: z.enum(['Allowed', 'NotAllowed']) }),
})

const toWireCreationPolicy = ({ billingAccountName, allowsOtherTenants }: AccountCreationPolicy) => ({
  id: `${billingAccountId(billingAccountName)}/providers/Tenantry.Billing/creationPolicy/default`,
  name: 'default',
  type: 'Tenantry.Billing/creationPolicy',
  properties: { creationInOtherTenants: allowsOtherTenants ? 'Allowed' : 'NotAllowed' },
})

const common = {
  path: '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/providers/Tenantry.Billing/creationPolicy/default',
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  statuses: [200],
} as const

export const creationPolicyOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'CreationPolicy_Get',
    method: 'GET',
    permission: 'A3 View account properties and agreements',
    summary: 'Whether subscriptions that the account pays for may be created in other tenants.',
    async handle(context, request) {
      return ok(toWireCreationPolicy(await readCreationPolicy(context, pathParameter(request, 'billingAccountName'))))
    },
  },
  {
    ...common,
    id: 'CreationPolicy_Put',
    method: 'PUT',
    permission: 'A4 Edit account properties',
    summary: 'Allows the creation of subscriptions in other tenants, or ends it.',
    body: creationPolicyBody,
    async handle(context, request) {
      const { properties } = parseBody(request, creationPolicyBody)
      const allows = properties.creationInOtherTenants === 'Allowed'
      return ok(
        toWireCreationPolicy(await putCreationPolicy(context, pathParameter(request, 'billingAccountName'), allows)),
      )
    },
  },
]
