import { randomUUID } from 'node:crypto'
import type { Client, Reply, TestCloud } from '../../support/cloud.ts'
import {
  IdentityCloud,
  type IdentityTenant,
  linkPath,
  type Person,
  signIn,
  type TestTenant,
  version as identityVersion,
} from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'

export const ours = 'api-version=2026-11-01'
export const billing = 'api-version=2020-05-01'

export interface Customer {
  readonly tenant: TestTenant
  readonly owner: Person
  readonly account: string
  readonly profile: string
  readonly section: string
  readonly accountId: string
  readonly profileId: string
  readonly sectionId: string
}

/** Customers with accounts, subscriptions, links and usage, all of it over the wire. */
export class BillingWorld {
  readonly cloud: TestCloud
  readonly identities: IdentityCloud

  constructor(cloud: TestCloud) {
    this.cloud = cloud
    this.identities = new IdentityCloud(cloud)
  }

  async customer(properties: Record<string, unknown> = {}): Promise<Customer> {
    const { tenant, administrator } = await this.identities.workforce()
    return this.signUp(tenant, administrator, properties)
  }

  async signUp(tenant: TestTenant, owner: Person, properties: Record<string, unknown> = {}): Promise<Customer> {
    const reply = expectSuccess(
      await this.cloud.operator.put(`/providers/Tenantry.Billing/signUps/${randomUUID()}?${ours}`, {
        properties: {
          tenantId: tenant.id,
          owner: { objectId: owner.objectId },
          displayName: 'Contoso',
          currency: 'USD',
          countryCode: 'SE',
          priceList: 'illustration',
          ...properties,
        },
      }),
    )
    const made = reply.body.properties
    return {
      tenant,
      owner,
      account: made.billingAccountName,
      profile: made.billingProfileName,
      section: made.invoiceSectionName,
      accountId: made.billingAccountId,
      profileId: made.billingProfileId,
      sectionId: made.invoiceSectionId,
    }
  }

  /** A subscription that the section pays for, with the resource group `identity`. */
  async subscription(customer: Customer, sectionId = customer.sectionId): Promise<string> {
    const { client } = customer.owner
    const reply = expectSuccess(
      await client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
        properties: { displayName: 'Production', workload: 'Production', billingScope: sectionId },
      }),
    )
    const id = reply.body.properties.subscriptionId as string
    expectSuccess(
      await client.put(`/subscriptions/${id}/resourcegroups/identity?api-version=2025-04-01`, {
        location: 'westeurope',
      }),
    )
    return id
  }

  /** An identity tenant that the subscription pays for from now on. */
  async linkedTenant(customer: Customer, subscriptionId: string): Promise<LinkedTenant> {
    const tenant = await this.identities.identity(customer.owner)
    expectSuccess(
      await customer.owner.client.put(`${linkPath(subscriptionId, tenant.domain)}?${identityVersion}`, {
        location: 'Europe',
        sku: { name: 'Standard', tier: 'A0' },
        properties: {},
      }),
    )
    return { ...tenant, subscriptionId, reporter: await this.identities.reporter(tenant.inside) }
  }

  async upgrade(customer: Customer, tenant: LinkedTenant): Promise<void> {
    expectSuccess(
      await customer.owner.client.patch(`${linkPath(tenant.subscriptionId, tenant.domain)}?${identityVersion}`, {
        properties: { billingConfig: { billingType: 'MAU' } },
      }),
    )
  }

  async signIns(tenant: LinkedTenant, users: readonly string[], time: string): Promise<void> {
    const outcomes = await signIn(tenant.reporter, tenant.id, users, time)
    const refused = outcomes.find((outcome) => outcome !== 'accepted')
    if (refused) throw new Error(`a sign-in was not accepted: ${refused}`)
  }

  async run(period: string): Promise<Reply> {
    const { operator } = this.cloud
    const started = await operator.put(`/providers/Tenantry.Billing/invoiceRuns/${period}?${ours}`, {})
    return started.status === 202 ? operator.finish(started) : started
  }

  /** The month's documents of a profile, as the operator sees them; the newest first. */
  async documents(customer: Customer): Promise<StoredDocument[]> {
    const rows = await this.cloud.running.db
      .selectFrom('invoice')
      .selectAll()
      .where('billing_profile_name', '=', customer.profile)
      .orderBy('period', 'desc')
      .orderBy('invoice_date', 'desc')
      .execute()
    return rows.map((row) => ({ ...row, name: row.number ?? row.id, content: JSON.parse(row.document) }))
  }

  async read(name: string, client: Client = this.cloud.operator): Promise<Reply> {
    return client.get(`/providers/Tenantry.Billing/invoices/${name}?${ours}`)
  }
}

export interface LinkedTenant extends IdentityTenant {
  readonly subscriptionId: string
  readonly reporter: Client
}

export interface StoredDocument {
  readonly id: string
  readonly number: string | null
  readonly name: string
  readonly period: string
  readonly document: string
  readonly document_sha256: string
  readonly document_type: string
  readonly due_date: Date
  // A test reads the document's shape as it comes.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly content: any
}

export function expectSuccess(reply: Reply): Reply {
  if (reply.status >= 300) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`)
  return reply
}

// oxlint-disable-next-line typescript/no-explicit-any
export function linesOf(document: any): any[] {
  // oxlint-disable-next-line typescript/no-explicit-any
  return document.sections.flatMap((section: any) =>
    // oxlint-disable-next-line typescript/no-explicit-any
    section.products.flatMap((product: any) => product.serviceFamilies.flatMap((family: any) => family.lines)),
  )
}

export const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
