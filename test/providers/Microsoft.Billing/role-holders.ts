import { randomUUID } from 'node:crypto'
import { BillingManagementClient } from '@azure/arm-billing'
import { type BillingRole, billingRoleDefinitions, billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import type { Client } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { type BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'

export const v2020 = 'api-version=2020-05-01'
export const v2024 = 'api-version=2024-04-01'
export const nobody = '/providers/Microsoft.Billing/billingAccounts/11111111-1111-4111-8111-111111111111:2_2019-05-31'

/** The official SDK, unchanged, as a person. */
export function sdk(
  world: BillingWorld,
  client: Client,
  subscriptionId: string = randomUUID(),
): BillingManagementClient {
  return new BillingManagementClient(world.cloud.credential(client.token), subscriptionId, {
    endpoint: world.cloud.baseUrl,
  })
}

export function scopeOfRole(customer: Customer, role: BillingRole): string {
  const kind = billingRoleDefinitions.find((definition) => definition.role === role)?.scopeKind
  return kind === 'account' ? customer.accountId : kind === 'profile' ? customer.profileId : customer.sectionId
}

/** A user of the customer's tenant with nothing but this role, or with none. */
export async function holder(world: BillingWorld, customer: Customer, role?: BillingRole): Promise<Person> {
  const person = await world.identities.user(customer.owner, `u${randomUUID().slice(0, 8)}`, customer.tenant)
  if (role) await give(customer, role, person.objectId)
  return person
}

export async function give(
  customer: Customer,
  role: BillingRole,
  principalId: string,
  scope = scopeOfRole(customer, role),
): Promise<string> {
  const reply = expectSuccess(
    await customer.owner.client.post(`${scope}/createBillingRoleAssignment?${v2024}`, {
      principalId,
      roleDefinitionId: `${scope}/billingRoleDefinitions/${billingRoleId(role)}`,
    }),
  )
  return reply.body.name as string
}
