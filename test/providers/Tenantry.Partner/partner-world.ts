import { randomUUID } from 'node:crypto'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { customerAgreement } from '../../../src/domain/partner/customer.ts'
import type { TestCloud } from '../../support/cloud.ts'
import { IdentityCloud, type Person, type TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'

export type Agents = 'adminAgents' | 'salesAgents' | 'helpdeskAgents'

export interface TestPartner {
  readonly id: string
  readonly tenant: TestTenant
  /** Global administrator of the partner's tenant, and nothing else. */
  readonly administrator: Person
  readonly groups: Readonly<Record<Agents, string>>
  readonly account: string
  readonly accountId: string
  /** By currency. */
  readonly profiles: Readonly<Record<string, string>>
}

export interface TestCustomer extends TestTenant {
  readonly name: string
  /** As it was answered when it was added. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly added: any
  readonly administrator: Person
}

/** Partners with people who hold their console roles, all of it over the wire. */
export class PartnerWorld {
  readonly cloud: TestCloud
  readonly identities: IdentityCloud

  constructor(cloud: TestCloud, identities = new IdentityCloud(cloud)) {
    this.cloud = cloud
    this.identities = identities
  }

  async partner(properties: Record<string, unknown> = {}): Promise<TestPartner> {
    const { tenant, administrator } = await this.identities.workforce()
    const id = randomUUID()
    const reply = expectSuccess(
      await this.cloud.operator.put(`/providers/Tenantry.Partner/partners/${id}?${ours}`, {
        properties: {
          tenantId: tenant.id,
          kind: 'direct',
          displayName: 'Wingtip',
          countryCode: 'SE',
          currencies: ['USD', 'SEK'],
          ...properties,
        },
      }),
    )
    const made = reply.body.properties
    return {
      id,
      tenant,
      administrator,
      groups: made.groups,
      account: made.billingAccountName,
      accountId: made.billingAccountId,
      profiles: Object.fromEntries(
        (made.billingProfiles ?? []).map((profile: { currency: string; billingProfileName: string }) => [
          profile.currency,
          profile.billingProfileName,
        ]),
      ),
    }
  }

  /** Somebody of the partner's tenant in the groups of agents that are named. */
  async agent(partner: TestPartner, ...groups: readonly Agents[]): Promise<Person> {
    const person = await this.identities.user(
      partner.administrator,
      `agent-${randomUUID().slice(0, 8)}`,
      partner.tenant,
    )
    for (const group of groups)
      expectSuccess(
        await partner.administrator.client.post(`/v1.0/groups/${partner.groups[group]}/members/$ref`, {
          '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${person.objectId}`,
        }),
      )
    return person
  }

  /** A customer that somebody with the right adds, with its first administrator. */
  async customer(agent: Person, more: Record<string, unknown> = {}): Promise<TestCustomer> {
    const label = `customer-${randomUUID().slice(0, 8)}`
    const reply = expectSuccess(
      await agent.client.post('/v1/customers', {
        CompanyProfile: { Domain: `${label}.onmicrosoft.com` },
        BillingProfile: {
          Culture: 'EN-US',
          Email: `someone@${label}.example`,
          Language: 'En',
          CompanyName: label,
          DefaultAddress: { FirstName: 'Gena', LastName: 'Soto', AddressLine1: 'Storgatan 1', Country: 'SE' },
        },
        ...more,
      }),
    )
    const id = reply.body.id as string
    const user = await this.cloud.running.db
      .selectFrom('user_account')
      .select(['id', 'user_principal_name'])
      .where('tenant_id', '=', id)
      .executeTakeFirstOrThrow()
    return {
      id,
      domain: `${label}.onmicrosoft.com`,
      name: label,
      added: reply.body,
      administrator: {
        tenantId: id,
        objectId: user.id,
        userPrincipalName: user.user_principal_name,
        client: this.cloud.as(await this.cloud.userToken(id, user.id)),
      },
    }
  }

  /** An existing tenant becomes a customer: the agent asks, and its administrator accepts. */
  async relate(agent: Person, administrator: Person, delegatedAdminPrivileges = true): Promise<void> {
    const made = expectSuccess(
      await agent.client.post(`/providers/Tenantry.Partner/relationshipRequests?${ours}`, {
        properties: { delegatedAdminPrivileges },
      }),
    )
    const { pathname, search, hash } = new URL(made.body.properties.link)
    expectSuccess(await administrator.client.post(`${pathname}${search}`, { properties: { code: hash.slice(1) } }))
  }

  async attest(agent: Person, customer: Pick<TestCustomer, 'id'>): Promise<void> {
    expectSuccess(
      await agent.client.post(`/v1/customers/${customer.id}/agreements`, {
        PrimaryContact: { FirstName: 'Gena', LastName: 'Soto', Email: 'gena@customer.example' },
        TemplateId: customerAgreement.templateId,
        DateAgreed: '2019-01-01',
        Type: 'MicrosoftCustomerAgreement',
      }),
    )
  }

  async holderOf(partner: TestPartner, role: keyof typeof directoryRoleIds): Promise<Person> {
    const person = await this.agent(partner)
    await this.giveDirectoryRole(partner, role, person)
    return person
  }

  async giveDirectoryRole(partner: TestPartner, role: keyof typeof directoryRoleIds, person: Person): Promise<void> {
    expectSuccess(
      await partner.administrator.client.post(
        `/v1.0/directoryRoles/roleTemplateId=${directoryRoleIds[role]}/members/$ref`,
        { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${person.objectId}` },
      ),
    )
  }
}
