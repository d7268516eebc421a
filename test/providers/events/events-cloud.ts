import { randomUUID } from 'node:crypto'
import { meteringEventsWrite, meteringResource } from '../../../src/domain/directory/app-roles.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant } from '../graph/new-tenant.ts'

/** An identity tenant over the wire, with an application that may report its sign-ins. */
export class EventsCloud {
  readonly cloud: TestCloud

  private constructor(cloud: TestCloud) {
    this.cloud = cloud
  }

  static async start(): Promise<EventsCloud> {
    return new EventsCloud(await startTestCloud({ now: '2026-10-15T12:00:00Z' }))
  }

  stop(): Promise<void> {
    return this.cloud.stop()
  }

  tenant(label: string, kind = 'identity'): Promise<NewTenant> {
    return newTenant(this.cloud, label, kind)
  }

  /** An application of a tenant; `sendAs` signs in as it. */
  async application(tenant: NewTenant, signInAudience = 'AzureADMultipleOrgs') {
    const { administrator } = tenant
    const application = await expectStatus(
      201,
      administrator.post('/v1.0/applications', { displayName: `Reporter ${randomUUID()}`, signInAudience }),
    )
    const { secretText } = await expectStatus(
      200,
      administrator.post(`/v1.0/applications/${application.id}/addPassword`, {}),
    )
    const appId = application.appId as string
    const principalId = await this.consent(tenant, appId)
    const token = await this.cloud.applicationToken(tenant.id, appId, secretText)
    return { appId, principalId, client: this.cloud.as(token) }
  }

  async consent(tenant: NewTenant, appId: string): Promise<string> {
    return (await expectStatus(201, tenant.administrator.post('/v1.0/servicePrincipals', { appId }))).id as string
  }

  /** The tenant's administrator lets the application report its sign-ins. */
  async permit(tenant: NewTenant, principalId: string): Promise<string> {
    const assignment = await expectStatus(
      201,
      tenant.administrator.post(`/v1.0/servicePrincipals/${principalId}/appRoleAssignments`, {
        principalId,
        resourceId: meteringResource.servicePrincipalId,
        appRoleId: meteringEventsWrite.id,
      }),
    )
    return assignment.id as string
  }

  async reporter(label: string): Promise<{ tenant: NewTenant; client: Client; principalId: string }> {
    const tenant = await this.tenant(label)
    const { client, principalId } = await this.application(tenant)
    await this.permit(tenant, principalId)
    return { tenant, client, principalId }
  }

  async stored(id: string): Promise<number> {
    const { rows } = await this.query<{ n: string }>('select count(*)::text as n from usage_event where id = $1', [id])
    return Number(rows[0]?.n)
  }

  // The caller names the columns it asked for.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  query<R>(text: string, parameters: unknown[] = []): Promise<{ rows: R[] }> {
    return this.cloud.running.db.executeQuery<R>({
      sql: text,
      parameters,
      query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
      queryId: { queryId: 'test' },
    } as never)
  }
}

async function expectStatus(status: number, reply: ReturnType<Client['get']>) {
  const { status: got, body } = await reply
  if (got !== status) throw new Error(`${got} instead of ${status}: ${JSON.stringify(body)}`)
  return body
}

let lastId = 0

/** CloudEvents JSON of one sign-in. */
export function signInJson(tenantId: string, rest: Record<string, unknown> = {}, data: Record<string, unknown> = {}) {
  return {
    specversion: '1.0',
    type: 'tenantry.authentication.v1',
    source: 'urn:example:identity',
    id: `wire-${++lastId}`,
    time: '2026-10-14T08:00:00Z',
    subject: 'user-1',
    datacontenttype: 'application/json',
    data: { tenantId, kind: 'interactiveSignIn', ...data },
    ...rest,
  }
}
