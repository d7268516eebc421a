import { randomUUID } from 'node:crypto'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { newExternalMember } from '../../../src/domain/directory/user-account.ts'
import { insertDirectoryRoleMember } from '../../../src/store/directory-role.ts'
import { findTenant, listDomains } from '../../../src/store/tenant.ts'
import { findUser, insertUser } from '../../../src/store/user-account.ts'
import { meteringEventsWrite, meteringResource } from '../../../src/domain/directory/app-roles.ts'
import { insertResourceGroup } from '../../../src/store/resource-group.ts'
import { insertRoleAssignment } from '../../../src/store/role-assignment.ts'
import { insertSubscription, setSubscriptionState, type Subscription } from '../../../src/store/subscription.ts'
import type { Client, Reply, TestCloud } from '../../support/cloud.ts'

export interface Person {
  readonly tenantId: string
  readonly objectId: string
  readonly userPrincipalName: string
  readonly client: Client
}

export interface TestTenant {
  readonly id: string
  readonly domain: string
}

export interface IdentityTenant extends TestTenant {
  readonly inside: Person
}

/** Of the process, so that two of these on one server take no name twice. */
let serial = 0

/** Tenants and people over the wire; subscriptions as rows, with who owns them. */
export class IdentityCloud {
  readonly cloud: TestCloud

  constructor(cloud: TestCloud) {
    this.cloud = cloud
  }

  /** A workforce tenant with its administrator. */
  async workforce(label = this.label('workforce')): Promise<{ tenant: TestTenant; administrator: Person }> {
    const { tenant, administrator } = await this.putTenant(label, 'workforce', { displayName: 'Administrator' })
    return {
      tenant,
      administrator: await this.person(tenant.id, administrator.objectId, administrator.userPrincipalName),
    }
  }

  /** An identity tenant that a person of another tenant administers, and that person's account in it. */
  async identity(administrator: Person, label = this.label('identity')): Promise<IdentityTenant> {
    const named = { homeTenantId: administrator.tenantId, homeObjectId: administrator.objectId }
    const { tenant, administrator: inside } = await this.putTenant(label, 'identity', named)
    return { ...tenant, inside: await this.person(tenant.id, inside.objectId, inside.userPrincipalName) }
  }

  /** An application of the identity tenant that may report its sign-ins. */
  async reporter(administrator: Person): Promise<Client> {
    const { client, tenantId } = administrator
    const expectCreated = (reply: Reply): Reply => {
      if (reply.status >= 300) throw new Error(JSON.stringify(reply.body))
      return reply
    }
    const application = expectCreated(await client.post('/v1.0/applications', { displayName: 'reporter' }))
    const { appId, id } = application.body
    const secret = expectCreated(await client.post(`/v1.0/applications/${id}/addPassword`, { passwordCredential: {} }))
    const principal = expectCreated(await client.post('/v1.0/servicePrincipals', { appId }))
    expectCreated(
      await client.post(`/v1.0/servicePrincipals/${principal.body.id}/appRoleAssignments`, {
        principalId: principal.body.id,
        resourceId: meteringResource.servicePrincipalId,
        appRoleId: meteringEventsWrite.id,
      }),
    )
    return this.cloud.as(await this.cloud.applicationToken(tenantId, appId, secret.body.secretText))
  }

  async user(by: Person, name: string, tenant: TestTenant): Promise<Person> {
    const userPrincipalName = `${name}@${tenant.domain}`
    const reply = await by.client.post('/v1.0/users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName,
      passwordProfile: { password: 'correct horse battery' },
    })
    if (reply.status !== 201) throw new Error(`no user: ${JSON.stringify(reply.body)}`)
    return this.person(tenant.id, reply.body.id, userPrincipalName)
  }

  async subscription(tenant: TestTenant, owner?: Person, offer: Subscription['offer'] = 'direct'): Promise<string> {
    const id = randomUUID()
    const createdAt = new Date('2019-01-01T00:00:00Z')
    await insertSubscription(this.cloud.running.db, {
      id,
      displayName: 'Production',
      offer,
      workload: 'Production',
      tags: {},
      tenantId: tenant.id,
      createdAt,
      createdBy: owner?.objectId ?? randomUUID(),
    })
    for (const name of ['identity', 'other'])
      await insertResourceGroup(this.cloud.running.db, {
        subscriptionId: id,
        name,
        location: 'westeurope',
        managedBy: null,
        tags: {},
        createdAt,
      })
    if (owner) await this.grant(`/subscriptions/${id}`, 'owner', owner)
    return id
  }

  /** A further Global administrator of an identity tenant, who is at home elsewhere. */
  async makeAdministrator(tenant: TestTenant, person: Person): Promise<void> {
    const { db } = this.cloud.running
    const [facts, account] = [await findTenant(db, tenant.id), await findUser(db, person.tenantId, person.objectId)]
    if (!facts || !account) throw new Error('no such tenant or person')
    const home = { tenantId: person.tenantId, objectId: person.objectId }
    const domains = await listDomains(db, [tenant.id])
    const member = newExternalMember(account, home, { ...facts, domains }, randomUUID(), facts.createdAt)
    await insertUser(db, { ...member, password: undefined })
    await insertDirectoryRoleMember(db, {
      tenantId: tenant.id,
      roleTemplateId: directoryRoleIds.globalAdministrator,
      principalId: member.id,
      assignedAt: facts.createdAt,
    })
  }

  async grant(scope: string, role: keyof typeof roleIds, person: Person): Promise<void> {
    await insertRoleAssignment(this.cloud.running.db, {
      id: randomUUID(),
      tenantId: person.tenantId,
      scope,
      roleDefinitionId: roleIds[role],
      principalId: person.objectId,
      principalType: 'User',
      description: null,
      createdAt: new Date('2019-01-01T00:00:00Z'),
      createdBy: randomUUID(),
    })
  }

  setState(subscriptionId: string, state: Subscription['state']): Promise<void> {
    return setSubscriptionState(this.cloud.running.db, subscriptionId, { state, cancelledAt: null, deletedAt: null })
  }

  private label(kind: string): string {
    serial += 1
    return `${kind}${serial}`
  }

  private async person(tenantId: string, objectId: string, userPrincipalName: string): Promise<Person> {
    const client = this.cloud.as(await this.cloud.userToken(tenantId, objectId))
    return { tenantId, objectId, userPrincipalName, client }
  }

  private async putTenant(label: string, kind: 'workforce' | 'identity', administrator: unknown) {
    const id = randomUUID()
    const reply = await this.cloud.operator.put(`/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`, {
      properties: { displayName: label, kind, countryCode: 'SE', initialDomainLabel: label, administrator },
    })
    if (reply.status !== 201) throw new Error(`no tenant: ${JSON.stringify(reply.body)}`)
    const { initialDomain, administrator: named } = reply.body.properties
    return { tenant: { id, domain: initialDomain as string }, administrator: named }
  }
}

export const version = 'api-version=2021-04-01'

export function linkPath(subscriptionId: string, name: string, group = 'identity'): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${name}`
}

/** Sign-ins of users at an instant; every call has ids of its own. */
export async function signIn(
  reporter: Client,
  tenantId: string,
  users: readonly string[],
  time: string,
  data: Record<string, unknown> = {},
): Promise<string[]> {
  const events = users.map((user, index) => ({
    specversion: '1.0',
    type: 'tenantry.authentication.v1',
    source: '/sign-ins',
    id: `${time}/${user}/${index}`,
    time,
    subject: user,
    data: { tenantId, kind: 'interactiveSignIn', ...data },
  }))
  const reply = await reporter.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' })
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body))
  return (reply.body as { status: string; code?: string }[]).map((item) => item.code ?? item.status)
}
