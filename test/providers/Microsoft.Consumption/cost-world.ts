import { randomUUID } from 'node:crypto'
import { ConsumptionManagementClient, type UsageDetailUnion } from '@azure/arm-consumption'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { type BillingRole, billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { Decimal, decimalText } from '../../../src/domain/rating/decimal.ts'
import type { Client, Reply } from '../../support/cloud.ts'
import type { Person, TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import {
  BillingWorld,
  billing,
  type Customer,
  expectSuccess,
  linesOf,
  ours,
} from '../Tenantry.Billing/billing-world.ts'

const rbac = 'api-version=2022-04-01'
export const edition = 'api-version=2021-10-01'

/** Resources with usage beside identity tenants, people with single roles, and costs read in two ways. */
export class CostWorld extends BillingWorld {
  private serial = 0

  /** Somebody of the tenant who holds no role. */
  async person(customer: { readonly tenant: TestTenant; readonly owner: Person }, name = 'person'): Promise<Person> {
    this.serial += 1
    return this.identities.user(customer.owner, `${name}${this.serial}`, customer.tenant)
  }

  async assign(owner: Person, scope: string, role: keyof typeof roleIds, principalId: string): Promise<void> {
    expectSuccess(
      await owner.client.put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?${rbac}`, {
        properties: {
          principalId,
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`,
        },
      }),
    )
  }

  async assignBilling(owner: Person, scope: string, role: BillingRole, person: Person): Promise<void> {
    expectSuccess(
      await owner.client.post(`${scope}/createBillingRoleAssignment?api-version=2024-04-01`, {
        principalId: person.objectId,
        principalTenantId: person.tenantId,
        roleDefinitionId: `${scope}/billingRoleDefinitions/${billingRoleId(role)}`,
      }),
    )
  }

  /** A further section of the customer's profile. */
  async section(customer: Customer, displayName: string): Promise<string> {
    const name = `SECT-${String(++this.serial).padStart(4, '0')}-AAA-AAA`
    const made = expectSuccess(
      await customer.owner.client.put(`${customer.profileId}/invoiceSections/${name}?${billing}`, {
        properties: { displayName },
      }),
    )
    return made.body.id as string
  }

  async resource(owner: Person, subscriptionId: string, group: string, name: string, tags = {}): Promise<string> {
    const scope = `/subscriptions/${subscriptionId}/resourceGroups/${group}`
    expectSuccess(await owner.client.put(`${scope}?api-version=2025-04-01`, { location: 'westeurope' }))
    const id = `${scope}/providers/Contoso.Compute/machines/${name}`
    expectSuccess(
      await owner.client.put(`${id}?api-version=2021-04-01`, { location: 'westeurope', tags, properties: {} }),
    )
    return id
  }

  /** Reports a day's usage of a resource; the reporter needs the role Usage Publisher there. */
  async use(reporter: Client, resourceId: string, day: string, quantity: string, meterId = 'cpu'): Promise<void> {
    const events = [
      {
        specversion: '1.0',
        type: 'tenantry.usage.v1',
        source: '/machines',
        id: randomUUID(),
        time: `${day}T01:00:00Z`,
        subject: resourceId,
        data: { meterId, quantity, usageStart: `${day}T00:00:00Z`, usageEnd: `${day}T01:00:00Z` },
      },
    ]
    const reply = await reporter.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' })
    if (reply.body[0]?.status !== 'accepted') throw new Error(JSON.stringify(reply.body))
  }

  /** A price list of one's own, with a tiered price of cpu hours and a plain one of disks. */
  async publish(name: string, currency = 'USD'): Promise<void> {
    const entry = (meterId: string, unit: string, price: object) => ({
      meterId,
      unit,
      productName: { en: meterId },
      serviceFamily: 'Compute',
      price,
    })
    expectSuccess(
      await this.cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/${name}/versions/1?${ours}`, {
        properties: {
          currency,
          effectiveFrom: '2015-01-01',
          prices: [
            entry('cpu', 'hour', {
              model: 'graduated',
              scope: 'profile',
              tiers: [
                { upTo: '10', unitPrice: '1.5' },
                { upTo: null, unitPrice: '0.123456789' },
              ],
            }),
            entry('disk', 'GB', { model: 'perUnit', unitPrice: '0.0123456789' }),
            entry('authentications', 'authentication', { model: 'perUnit', unitPrice: '0.01' }),
            entry('monthly-active-users', 'monthly active user', { model: 'perUnit', unitPrice: '0.05' }),
          ],
        },
      }),
    )
  }

  sdk(client: Client, subscriptionId: string = randomUUID()): ConsumptionManagementClient {
    return new ConsumptionManagementClient(this.cloud.credential(client.token), subscriptionId, {
      endpoint: this.cloud.baseUrl,
      retryOptions: { maxRetries: 0 },
    })
  }

  /** Every row by the unchanged SDK. */
  async costs(client: Client, scope: string, options: Record<string, unknown> = {}): Promise<UsageDetailUnion[]> {
    return Array.fromAsync(this.sdk(client).usageDetails.list(scope, options))
  }

  /** The same as the wire has it. */
  async raw(client: Client, scope: string, query = ''): Promise<Reply> {
    return client.get(`${scope}/providers/Microsoft.Consumption/usageDetails?${edition}${query}`)
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  async previewLines(customer: Customer, period: string): Promise<any[]> {
    const reply = expectSuccess(
      await this.cloud.operator.post(`${customer.profileId}/providers/Tenantry.Billing/preview?${ours}`, {
        properties: { period },
      }),
    )
    return linesOf(reply.body.properties.document)
  }
}

/** Adds decimals exactly; the numbers of the tests have few enough digits to come through JSON whole. */
export const sum = (values: readonly (string | number | undefined)[]): string =>
  decimalText(
    values.reduce<InstanceType<typeof Decimal>>(
      (total, value) => total.plus(new Decimal(String(value))),
      new Decimal('0'),
    ),
  )

/** A row in few words: meter, day, quantity, cost. */
export const brief = (row: UsageDetailUnion): string => {
  const { meterId, date, quantity, cost, costInBillingCurrency } = row as unknown as Record<string, unknown>
  return `${String(meterId)} ${(date as Date).toISOString().slice(0, 10)} ${String(quantity)} ${String(cost ?? costInBillingCurrency)}`
}
