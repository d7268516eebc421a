import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Operation } from '../../../src/http/operation.ts'
import type { OperationContext } from '../../../src/operations/context.ts'
import { operations } from '../../../src/providers/graph/operations.ts'
import { type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, type NewTenant, newTenant, reference } from './new-tenant.ts'

let cloud: TestCloud
let contoso: NewTenant
let fabrikam: NewTenant
let foreign: Record<string, string>

const outsideProvider = {
  '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
  displayName: 'hidden-provider',
  clientId: 'tenantry',
  clientSecret: 'a secret of the provider',
  metadataUrl: 'https://login.woodgrove.example/.well-known/openid-configuration',
  responseType: 'code',
}
const emptyList = '{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{}}}'

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  fabrikam = await newTenant(cloud, 'fabrikam')
  const { administrator } = contoso
  const user = await contoso.newUser('hidden-user', { mail: 'hidden@mail.example' })
  const group = await administrator.post('/v1.0/groups', {
    displayName: 'hidden-group',
    mailNickname: 'hidden-group',
    mailEnabled: false,
    securityEnabled: true,
    'members@odata.bind': [reference(user.id)['@odata.id']],
    'owners@odata.bind': [reference(user.id)['@odata.id']],
  })
  const application = await administrator.post('/v1.0/applications', {
    displayName: 'hidden-application',
    signInAudience: 'AzureADMyOrg',
  })
  const { id, appId } = application.body
  const principal = await administrator.post('/v1.0/servicePrincipals', { appId })
  const secret = await administrator.post(`/v1.0/applications/${id}/addPassword`, {})
  const policy = await administrator.post('/beta/policies/b2bManagementPolicies', {
    displayName: 'hidden-policy',
    definition: [emptyList],
  })
  const provider = await administrator.post('/v1.0/identity/identityProviders', outsideProvider)
  foreign = {
    identityProvider: provider.body.id,
    policy: policy.body.id,
    user: user.id,
    group: group.body.id,
    object: user.id,
    role: globalAdministrator,
    organization: contoso.id,
    domain: contoso.domain,
    application: id,
    servicePrincipal: principal.body.id,
    assignment: principal.body.id,
    keyed: `servicePrincipals(appId='${appId}')`,
    appId,
    keyId: secret.body.keyId,
  }
}, 60_000)
afterAll(() => cloud.stop())

/** A well-formed body for the operation that names the other tenant's things wherever it names anything. */
function bodyOf(operation: Operation<OperationContext>): unknown {
  if (operation.path.endsWith('/$ref')) return reference(foreign.user ?? '')
  const bodies: Record<string, unknown> = {
    Graph_CreateServicePrincipal: { appId: foreign.appId },
    Graph_RemoveApplicationPassword: { keyId: foreign.keyId },
    Graph_CreateAppRoleAssignment: {
      principalId: foreign.servicePrincipal,
      resourceId: '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c02',
      appRoleId: '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c01',
    },
    Graph_CreateGroup: {
      displayName: 'reaching out',
      mailNickname: 'reaching-out',
      mailEnabled: false,
      securityEnabled: true,
      'members@odata.bind': [reference(foreign.user ?? '')['@odata.id']],
    },
    Graph_CreateInvitation: {
      invitedUserEmailAddress: 'taken-over@elsewhere.example',
      inviteRedirectUrl: 'https://portal.example.com/',
      resetRedemption: true,
      invitedUser: { id: foreign.user },
    },
    Graph_CreateB2bManagementPolicy: { displayName: 'List', definition: [emptyList] },
    Graph_CreateIdentityProvider: outsideProvider,
    Graph_CreateDomain: { id: contoso.domain },
    Graph_CreateUser: {
      accountEnabled: true,
      displayName: 'Impostor',
      mailNickname: 'impostor',
      userPrincipalName: `impostor@${contoso.domain}`,
      passwordProfile: { password: 'long enough to be kept' },
    },
  }
  return bodies[operation.id] ?? { displayName: 'changed from outside' }
}

/** What the two tenants have of their own in the database. */
async function contentsOf(tenantId: string): Promise<string> {
  const { db } = cloud.running
  const tables = [
    'principal',
    'user_account',
    'group_account',
    'group_member',
    'group_owner',
    'application',
    'service_principal',
    'directory_role_member',
    'app_role_assignment',
    'tenant_domain',
  ] as const
  const rows: unknown[] = []
  for (const table of tables) {
    const own = await db.selectFrom(table).selectAll().where('tenant_id', '=', tenantId).execute()
    rows.push([
      table,
      own.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).sort(),
    ])
  }
  const secrets = await db.selectFrom('application_password').selectAll().orderBy('key_id').execute()
  return JSON.stringify([rows, secrets])
}

/** A list may be answered, without anything of theirs; all else is refused, without more than was asked for. */
function breachesOf(operation: Operation<OperationContext>, reply: Reply, secrets: readonly string[]): string[] {
  const text = JSON.stringify(reply.body ?? '')
  const label = `${operation.id} answered ${reply.status}: ${text}`
  if (reply.status >= 300) return [400, 404].includes(reply.status) && !/hidden-|hidden@/.test(text) ? [] : [label]
  return operation.method === 'GET' && !secrets.some((secret) => text.includes(secret)) ? [] : [label]
}

// What acts on nothing that exists yet can name nothing of another tenant's.
const selfContained = [
  'Graph_CreateApplication',
  'Graph_ActivateDirectoryRole',
  'Graph_UpdateAuthorizationPolicy',
  'Graph_CreateB2bManagementPolicy',
  'Graph_CreateIdentityProvider',
  // One's own, and no other's.
  'Graph_RevokeMySignInSessions',
]

test('TEN-2: no operation shows or changes anything of another tenant, whoever asks', async () => {
  const secretsOf = [
    ...Object.values(foreign).filter((value) => value !== globalAdministrator),
    'hidden-',
    contoso.domain,
  ]
  const before = await contentsOf(contoso.id)
  const ownBefore = await contentsOf(fabrikam.id)
  const breaches: string[] = []
  let asked = 0
  for (const operation of operations) {
    if (selfContained.includes(operation.id)) continue
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(foreign[name] ?? ''))
    const body = operation.method === 'GET' || operation.method === 'DELETE' ? undefined : bodyOf(operation)
    const reply = await fabrikam.administrator.send(operation.method, path, body)
    asked += 1
    breaches.push(...breachesOf(operation, reply, secretsOf))
  }
  expect(breaches).toEqual([])
  expect(await contentsOf(contoso.id)).toBe(before)
  expect(await contentsOf(fabrikam.id)).toBe(ownBefore)
  expect(asked).toBe(operations.length - selfContained.length)
})

test('TEN-2: what is of another tenant and what does not exist look alike', async () => {
  const unknown = '99999999-aaaa-4aaa-8aaa-000000000000'
  const pairs: [string, string][] = [
    [`/v1.0/users/${foreign.user}`, `/v1.0/users/${unknown}`],
    [`/v1.0/groups/${foreign.group}`, `/v1.0/groups/${unknown}`],
    [`/v1.0/applications/${foreign.application}`, `/v1.0/applications/${unknown}`],
    [`/v1.0/servicePrincipals/${foreign.servicePrincipal}`, `/v1.0/servicePrincipals/${unknown}`],
  ]
  for (const [theirs, nobodys] of pairs) {
    const [one, other] = [await fabrikam.administrator.get(theirs), await fabrikam.administrator.get(nobodys)]
    const shape = (reply: typeof one, id: string) => [
      reply.status,
      reply.body.error.code,
      reply.body.error.message.replaceAll(id, 'ID'),
    ]
    expect(shape(one, theirs.split('/').at(-1) ?? '')).toEqual(shape(other, unknown))
  }
})

test('TEN-2: nothing of the directory is answered without a token', async () => {
  for (const operation of operations) {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(foreign[name] ?? ''))
    const reply = await cloud.as(undefined).send(operation.method, path)
    expect(reply.status, operation.id).toBe(401)
    expect(reply.body.error.innerError, operation.id).toHaveProperty('request-id')
  }
})

test('ACC-6: an application without a role reads and changes nothing of its own tenant', async () => {
  const application = await contoso.administrator.post('/v1.0/applications', { displayName: 'bare' })
  const { id, appId } = application.body
  await contoso.administrator.post('/v1.0/servicePrincipals', { appId })
  const secret = await contoso.administrator.post(`/v1.0/applications/${id}/addPassword`, {})
  const bare = cloud.as(await cloud.applicationToken(contoso.id, appId, secret.body.secretText))
  const open = [
    'Graph_ListOrganization',
    'Graph_GetOrganization',
    'Graph_GetMe',
    'Graph_ListMyMemberOf',
    'Graph_RevokeMySignInSessions',
  ]
  const before = await contentsOf(contoso.id)
  for (const operation of operations.filter((candidate) => !open.includes(candidate.id))) {
    const path = operation.path
      .replace('{keyed}/members', `directoryRoles(roleTemplateId='${globalAdministrator}')/members`)
      .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(foreign[name] ?? ''))
    const body =
      operation.id === 'Graph_ActivateDirectoryRole' ? { roleTemplateId: globalAdministrator } : bodyOf(operation)
    const isRead = operation.method === 'GET' || operation.method === 'DELETE'
    const reply = await bare.send(operation.method, path, isRead ? undefined : body)
    expect([operation.id, reply.status, reply.body?.error?.code]).toEqual([
      operation.id,
      403,
      'Authorization_RequestDenied',
    ])
  }
  expect(await contentsOf(contoso.id)).toBe(before)
})
