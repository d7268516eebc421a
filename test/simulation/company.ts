import { randomUUID } from 'node:crypto'
import type { Client, Reply } from '../support/cloud.ts'

/** What the helpers below need of a server: a test cloud, or a process of its own. */
export interface Wire {
  readonly operator: Client
  as(token: string | undefined): Client
  userToken(tenantId: string, userId: string): Promise<string>
  applicationToken(tenantId: string, clientId: string, clientSecret: string): Promise<string>
}

export interface Payer {
  readonly profile: string
  readonly profileId: string
  readonly sectionId: string
  readonly section: string
}

export interface IdentityTenant {
  readonly id: string
  readonly domain: string
  /** May report the tenant's sign-ins. */
  readonly reporter: Client
}

export const own = 'api-version=2026-11-01'
const meteringAppId = '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c00'

export function expectDone(reply: Reply, what: string): Reply {
  if (reply.status >= 300) throw new Error(`${what}: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply
}

/** A workforce tenant that pays for things and administers identity tenants, everything made over the wire. */
export class Company {
  readonly wire: Wire
  readonly tenantId: string
  readonly ownerId: string
  readonly owner: Client
  readonly label: string

  private constructor(wire: Wire, label: string, tenantId: string, ownerId: string, owner: Client) {
    this.wire = wire
    this.label = label
    this.tenantId = tenantId
    this.ownerId = ownerId
    this.owner = owner
  }

  static async found(wire: Wire, label: string): Promise<Company> {
    const tenantId = randomUUID()
    const { body } = expectDone(
      await wire.operator.put(`/providers/Tenantry.Directory/tenants/${tenantId}?${own}`, {
        properties: {
          displayName: label,
          kind: 'workforce',
          countryCode: 'SE',
          initialDomainLabel: label,
          administrator: { displayName: 'Administrator' },
        },
      }),
      'a company',
    )
    const ownerId = body.properties.administrator.objectId as string
    return new Company(wire, label, tenantId, ownerId, wire.as(await wire.userToken(tenantId, ownerId)))
  }

  async payer(name: string, currency: string, priceList: string): Promise<Payer> {
    const { body } = expectDone(
      await this.wire.operator.put(`/providers/Tenantry.Billing/signUps/${name}?${own}`, {
        properties: {
          tenantId: this.tenantId,
          owner: { objectId: this.ownerId },
          displayName: name,
          currency,
          countryCode: 'SE',
          priceList,
        },
      }),
      'a sign-up',
    )
    const { billingProfileName, billingProfileId, invoiceSectionId, invoiceSectionName } = body.properties
    return {
      profile: billingProfileName,
      profileId: billingProfileId,
      sectionId: invoiceSectionId,
      section: invoiceSectionName,
    }
  }

  /** A subscription with a resource group `identity`, paid by a section; the owner is its Owner. */
  async subscription(sectionId: string, displayName: string): Promise<string> {
    const alias = `/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`
    const { body } = expectDone(
      await this.owner.put(alias, { properties: { displayName, workload: 'Production', billingScope: sectionId } }),
      'a subscription',
    )
    const id = body.properties.subscriptionId as string
    expectDone(
      await this.owner.put(`/subscriptions/${id}/resourceGroups/identity?api-version=2021-04-01`, {
        location: 'westeurope',
      }),
      'a resource group',
    )
    return id
  }

  /** Lets the owner report usage of the subscription's resources. */
  async allowUsage(subscription: string): Promise<void> {
    const scope = `/subscriptions/${subscription}/providers/Microsoft.Authorization`
    const version = 'api-version=2022-04-01'
    const roles = expectDone(await this.owner.get(`${scope}/roleDefinitions?${version}`), 'roles').body.value
    const role = roles.find(
      (one: { properties: { roleName: string } }) => one.properties.roleName === 'Usage Publisher',
    )
    expectDone(
      await this.owner.put(`${scope}/roleAssignments/${randomUUID()}?${version}`, {
        properties: { roleDefinitionId: role.id, principalId: this.ownerId, principalType: 'User' },
      }),
      'a role assignment',
    )
  }

  /** An identity tenant that the owner administers, with an application that may report its sign-ins. */
  async identityTenant(label: string): Promise<IdentityTenant> {
    const id = randomUUID()
    const { body } = expectDone(
      await this.wire.operator.put(`/providers/Tenantry.Directory/tenants/${id}?${own}`, {
        properties: {
          displayName: label,
          kind: 'identity',
          countryCode: 'SE',
          initialDomainLabel: label,
          administrator: { homeTenantId: this.tenantId, homeObjectId: this.ownerId },
        },
      }),
      'an identity tenant',
    )
    const { initialDomain, administrator } = body.properties
    const inside = this.wire.as(await this.wire.userToken(id, administrator.objectId))
    return { id, domain: initialDomain, reporter: await this.reporterIn(id, inside) }
  }

  private async reporterIn(tenantId: string, administrator: Client): Promise<Client> {
    const post = async (path: string, body: unknown): Promise<Reply> =>
      expectDone(await administrator.post(`/v1.0/${path}`, body), path)
    const application = await post('applications', { displayName: 'reporter' })
    const secret = await post(`applications/${application.body.id}/addPassword`, { passwordCredential: {} })
    const principal = await post('servicePrincipals', { appId: application.body.appId })
    const metering = expectDone(
      await administrator.get(`/v1.0/servicePrincipals(appId='${meteringAppId}')`),
      'the metering application',
    )
    await post(`servicePrincipals/${principal.body.id}/appRoleAssignments`, {
      principalId: principal.body.id,
      resourceId: metering.body.id,
      appRoleId: metering.body.appRoles.find(
        ({ value }: { value: string }) => value === 'Tenantry.Metering.Events.Write',
      ).id,
    })
    const { appId } = application.body
    return this.wire.as(await this.wire.applicationToken(tenantId, appId, secret.body.secretText))
  }
}

export const linkPath = (subscriptionId: string, domain: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domain}?api-version=2021-04-01`

export async function nameIssuer(wire: Wire): Promise<void> {
  expectDone(
    await wire.operator.put(`/providers/Tenantry.Billing/issuer?${own}`, {
      properties: {
        legalName: 'Simulated Seller AB',
        address: { addressLine1: 'Storgatan 1', city: 'Stockholm', country: 'SE' },
        taxRates: [{ country: 'SE', rate: '25' }],
        // Nobody pays in these stories, and nothing is disabled for it.
        paymentTermsDays: 365,
      },
    }),
    'an issuer',
  )
}

/** A price list of unit prices, in millionths. */
export async function publishPrices(
  wire: Wire,
  name: string,
  version: number,
  effectiveFrom: string,
  micros: Readonly<Record<string, number>>,
  free = 0,
): Promise<void> {
  const prices = Object.entries(micros).map(([meterId, price]) => ({
    meterId,
    unit: 'unit',
    productName: { en: meterId },
    serviceFamily: 'Identity',
    price: {
      model: 'perUnit',
      scope: meterId === 'monthly-active-users' ? 'subscription' : 'profile',
      unitPrice: (price / 1_000_000).toFixed(6),
      ...(meterId === 'monthly-active-users' && free > 0 ? { includedQuantity: String(free) } : {}),
    },
  }))
  expectDone(
    await wire.operator.put(`/providers/Tenantry.Pricing/priceLists/${name}/versions/${version}?${own}`, {
      properties: { currency: 'EUR', effectiveFrom, prices },
    }),
    'a price list',
  )
}
