import { randomUUID } from 'node:crypto'
import type { Person } from '../providers/Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, type Customer, expectSuccess } from '../providers/Tenantry.Billing/billing-world.ts'
import { PartnerWorld, type TestPartner } from '../providers/Tenantry.Partner/partner-world.ts'
import type { Client, Reply, TestCloud } from '../support/cloud.ts'
import type { DnsServer } from '../support/dns-server.ts'

/** A request that has to succeed. `path` without method: the operation has that. */
export interface Sent {
  readonly as: Client
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What a page answers when it succeeds, since it says with 200 also what was not right. */
  readonly status?: number
  readonly says?: string
}

/**
 * How a write operation is brought to succeed: what it needs is made first, over HTTP, and the request itself is handed
 * back to be looked at.
 */
export type Success = (stage: Stage) => Promise<Sent> | Sent

export const version = {
  ours: 'api-version=2026-11-01',
  resources: 'api-version=2021-04-01',
  authorization: 'api-version=2022-04-01',
  policy: 'api-version=2021-06-01',
  billing: 'api-version=2020-05-01',
  billing2024: 'api-version=2024-04-01',
  subscription: 'api-version=2021-10-01',
} as const

/** One customer with everything: a tenant, an account, two subscriptions; and ways to make more. */
export class Stage {
  readonly cloud: TestCloud
  /** What the server asks for the records of domains. */
  readonly dns: DnsServer
  readonly partners: PartnerWorld
  readonly world: BillingWorld
  readonly customer: Customer
  readonly subscriptionId: string
  readonly otherSubscriptionId: string
  /** Texts that must stand in no audit record. */
  readonly secrets = new Set<string>(['correct horse battery'])
  #serial = 0

  private constructor(
    world: BillingWorld,
    dns: DnsServer,
    customer: Customer,
    subscriptionId: string,
    otherSubscriptionId: string,
  ) {
    this.cloud = world.cloud
    this.dns = dns
    this.partners = new PartnerWorld(world.cloud)
    this.world = world
    this.customer = customer
    this.subscriptionId = subscriptionId
    this.otherSubscriptionId = otherSubscriptionId
  }

  static async build(cloud: TestCloud, dns: DnsServer): Promise<Stage> {
    const world = new BillingWorld(cloud)
    const customer = await world.customer()
    return new Stage(world, dns, customer, await world.subscription(customer), await world.subscription(customer))
  }

  /** The customer's Global administrator, account owner and subscription Owner. */
  get owner(): Client {
    return this.customer.owner.client
  }
  get operator(): Client {
    return this.cloud.operator
  }
  get subscription(): string {
    return `/subscriptions/${this.subscriptionId}`
  }
  get group(): string {
    return `${this.subscription}/resourceGroups/identity`
  }

  label(kind: string): string {
    this.#serial += 1
    return `${kind}${this.#serial}`
  }

  async did(sent: Promise<Reply>): Promise<Reply> {
    return expectSuccess(await sent)
  }

  user(name = this.label('user')): Promise<Person> {
    return this.world.identities.user(this.customer.owner, name, this.customer.tenant)
  }

  async newGroup(): Promise<string> {
    const name = this.label('group')
    const reply = await this.did(
      this.owner.post('/v1.0/groups', {
        displayName: name,
        mailNickname: name,
        mailEnabled: false,
        securityEnabled: true,
      }),
    )
    return reply.body.id
  }

  async newApplication(): Promise<{ id: string; appId: string }> {
    const reply = await this.did(this.owner.post('/v1.0/applications', { displayName: this.label('application') }))
    return reply.body
  }

  async newServicePrincipal(): Promise<string> {
    const { appId } = await this.newApplication()
    return (await this.did(this.owner.post('/v1.0/servicePrincipals', { appId }))).body.id
  }

  async machine(group = this.group): Promise<string> {
    const id = `${group}/providers/Microsoft.Compute/virtualMachines/${this.label('machine')}`
    await this.did(
      this.owner.put(`${id}?api-version=2023-03-01`, { location: 'westeurope', tags: { a: 'b' }, properties: {} }),
    )
    return id
  }

  async resourceGroup(subscription = this.subscription): Promise<string> {
    const id = `${subscription}/resourceGroups/${this.label('rg')}`
    await this.did(this.owner.put(`${id}?${version.resources}`, { location: 'westeurope' }))
    return id
  }

  async section(profileId = this.customer.profileId): Promise<string> {
    const name = this.label('SECTION')
    const reply = await this.did(
      this.owner.put(`${profileId}/invoiceSections/${name}?${version.billing}`, { properties: { displayName: name } }),
    )
    return reply.body.id
  }

  /** A subscription of its own, for what ends it. */
  async newSubscription(): Promise<string> {
    return `/subscriptions/${await this.world.subscription(this.customer)}`
  }

  /** A partner with an agent who may do everything of the console. */
  async partner(): Promise<{ partner: TestPartner; agent: Person }> {
    const partner = await this.partners.partner()
    return { partner, agent: await this.partners.agent(partner, 'adminAgents') }
  }

  reference(id: string): { '@odata.id': string } {
    return { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` }
  }

  readonly guid = (): string => randomUUID()
}
