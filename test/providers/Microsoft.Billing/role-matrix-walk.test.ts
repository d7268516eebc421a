import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billingActionsOf } from '../../../src/domain/access/billing-actions.ts'
import {
  allowsBilling,
  allowsGlobalAdministratorInBilling,
  type BillingRole,
  type BillingTask,
  billingRoleDefinitions,
  billingRoleId,
  billingTasks,
} from '../../../src/domain/access/billing-roles.ts'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { namespaceOf } from '../../../src/http/openapi.ts'
import type { Operation } from '../../../src/http/operation.ts'
import type { OperationContext } from '../../../src/operations/context.ts'
import { allOperations } from '../../../src/providers/all.ts'
import { bodies } from '../../http/unauthorised.data.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { shownElsewhere, throughCheckAccess } from './role-matrix.data.ts'
import { give, holder, scopeOfRole, v2024 } from './role-holders.ts'

/**
 * The whole matrix over HTTP: every operation on a billing account names its row as its permission, and is sent by the
 * holder of each role at its scope, directly and through a group, by a Global administrator, and by nobody in particular.
 */
const operations: readonly Operation<OperationContext>[] = allOperations({
  login: { publicKeys: () => [] },
  runDueWork: () => Promise.resolve(),
  isSandbox: true,
})
const nameOf = (operation: Operation<OperationContext>): string => `${namespaceOf(operation.path)}.${operation.id}`
const rowsOf = ({ permission }: Operation<OperationContext>): BillingTask[] =>
  [...permission.matchAll(/\b[APSU]\d{1,2}\b/g)]
    .map(([row]) => row as BillingTask)
    .filter((row) => billingTasks.includes(row))

const onAccounts = operations.filter(({ path }) => /^\/providers\/Microsoft\.Billing\/billingAccounts\b/.test(path))
const walked = onAccounts
  .filter((operation) => !(nameOf(operation) in shownElsewhere) && rowsOf(operation).length === 1)
  .map((operation) => ({ name: nameOf(operation), operation, row: rowsOf(operation)[0] as BillingTask }))

test('BIL-16: every operation on a billing account is covered by one row, or is shown by a test that is named', () => {
  const names = new Set(walked.map(({ name }) => name))
  const uncovered = onAccounts.map(nameOf).filter((name) => !names.has(name) && !(name in shownElsewhere))
  expect(uncovered, 'name the row as its permission, or the test in role-matrix.data.ts').toEqual([])
  expect(Object.keys(shownElsewhere).filter((name) => !operations.some((one) => nameOf(one) === name))).toEqual([])
})

test('BIL-16: every row stands for an operation, or is asked by checkAccess for a reason', () => {
  const named = new Set(operations.flatMap(rowsOf))
  expect(billingTasks.filter((row) => !named.has(row) && !(row in throughCheckAccess))).toEqual([])
  expect(billingTasks).toHaveLength(52)
})

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let subscriptionId: string
let invoiceName: string
const productName = randomUUID()

interface Holder {
  readonly name: string
  readonly client: Client
  readonly role: BillingRole | undefined
  readonly isGlobalAdministrator: boolean
}
const holders: Holder[] = []

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer()
  subscriptionId = await world.subscription(contoso)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  await world.signIns(tenant, ['anna', 'bo'], '2026-10-01T00:00:00Z')
  expectSuccess(
    await cloud.operator.put('/providers/Tenantry.Pricing/productOffers/support?api-version=2026-11-01', {
      properties: {
        kind: 'plan',
        productName: { en: 'Support', sv: 'Support' },
        serviceFamily: 'Support',
        monthlyPrices: { USD: '10' },
      },
    }),
  )
  expectSuccess(
    await contoso.owner.client.put(
      `${contoso.sectionId}/providers/Tenantry.Billing/productPurchases/${productName}?api-version=2026-11-01`,
      { properties: { offerName: 'support' } },
    ),
  )
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  invoiceName = (await world.documents(contoso))[0]?.number ?? ''
  const add = (name: string, client: Client, role?: BillingRole, isGlobalAdministrator = false): void =>
    void holders.push({ name, client, role, isGlobalAdministrator })
  for (const { role } of billingRoleDefinitions) {
    add(role, (await holder(world, contoso, role)).client, role)
    add(`${role} through a group`, await throughGroup(role), role)
  }
  add('nobody in particular', (await holder(world, contoso)).client)
  const administrator = await holder(world, contoso)
  expectSuccess(
    await contoso.owner.client.post(
      `/v1.0/directoryRoles/roleTemplateId=${directoryRoleIds.globalAdministrator}/members/$ref`,
      { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${administrator.objectId}` },
    ),
  )
  add('a Global administrator', administrator.client, undefined, true)
  add('a service principal with BAR', await servicePrincipal('BAR'), 'BAR')
}, 240_000)
afterAll(() => cloud?.stop())

/** A person whose group is in a group that holds the role (BIL-15). */
async function throughGroup(role: BillingRole): Promise<Client> {
  const { client } = contoso.owner
  const person = await holder(world, contoso)
  const [outer, inner] = [await newGroup(client), await newGroup(client)]
  for (const [group, member] of [
    [outer, inner],
    [inner, person.objectId],
  ])
    expectSuccess(
      await client.post(`/v1.0/groups/${group}/members/$ref`, {
        '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member}`,
      }),
    )
  await give(contoso, role, outer)
  return person.client
}

async function newGroup(client: Client): Promise<string> {
  const name = `g${randomUUID().slice(0, 8)}`
  const group = { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true }
  return expectSuccess(await client.post('/v1.0/groups', group)).body.id
}

async function servicePrincipal(role: BillingRole): Promise<Client> {
  const { client } = contoso.owner
  const { id, appId } = expectSuccess(await client.post('/v1.0/applications', { displayName: 'robot' })).body
  const secret = expectSuccess(await client.post(`/v1.0/applications/${id}/addPassword`, {})).body.secretText
  const principal = expectSuccess(await client.post('/v1.0/servicePrincipals', { appId })).body.id
  await give(contoso, role, principal)
  return cloud.as(await cloud.applicationToken(contoso.tenant.id, appId, secret))
}

/** Where the row is asked: at what the path names, or at what pays for the subscription or is on the invoice it names. */
function scopeAsked(operation: Operation<OperationContext>, row: BillingTask): string {
  const names = (part: string): boolean => operation.path.includes(part)
  const isOfSomething = names('{subscriptionId}') || names('{invoiceName}') || names('downloadDocuments')
  if (row.startsWith('A')) return contoso.accountId
  if (row.startsWith('P')) return names('billingProfiles') || isOfSomething ? contoso.profileId : contoso.accountId
  // A transfer between partners is asked for at the profile, with the roles that are inherited from there on up.
  return names('billingProfiles') && !names('invoiceSections') ? contoso.profileId : contoso.sectionId
}

const isAllowed = ({ role, isGlobalAdministrator }: Holder, row: BillingTask, scope: string): boolean =>
  (isGlobalAdministrator && allowsGlobalAdministratorInBilling(row)) ||
  (role !== undefined &&
    allowsBilling(row, [{ scope: scopeOfRole(contoso, role), roleDefinitionName: billingRoleId(role) }], scope))

function pathOf(operation: Operation<OperationContext>): string {
  const parameters: Record<string, string> = {
    billingAccountName: contoso.account,
    billingAccountId: contoso.account,
    billingProfileName: contoso.profile,
    billingProfileId: contoso.profile,
    invoiceSectionName: contoso.section,
    subscriptionId,
    productName,
    invoiceName,
    billingPeriodName: '202610',
    agreementName: '1',
    termsVersion: '2026-11-01',
  }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_text, name: string) => parameters[name] ?? randomUUID())
  const version = Array.isArray(operation.apiVersions) ? (operation.apiVersions as string[])[0] : '2020-05-01'
  const query = new URLSearchParams({ 'api-version': version ?? '' })
  for (const [name, use] of Object.entries(operation.query ?? {}))
    if (use === 'required')
      query.set(name, name.toLowerCase().endsWith('end') || name === 'endDate' ? '2026-12-31' : '2026-01-01')
  if (operation.path.endsWith('/download')) query.set('downloadToken', 'pdf')
  return `${path}?${query.toString()}`
}

function bodyOf(name: string, operation: Operation<OperationContext>): unknown {
  if (operation.path.endsWith('downloadDocuments'))
    return [`${cloud.baseUrl}${contoso.accountId}/invoices/${invoiceName}/download?downloadToken=pdf`]
  if (name in bodies) return bodies[name]
  return operation.method === 'GET' || operation.method === 'DELETE' ? undefined : {}
}

test.each(walked.map(({ name, operation, row }) => [name, row, operation] as const))(
  'BIL-15, BIL-16, ACC-8: %s is done by whom %s allows and refused to everybody else',
  async (name, row, operation) => {
    const scope = scopeAsked(operation, row)
    for (const holding of holders) {
      const reply = await holding.client.send(operation.method, pathOf(operation), bodyOf(name, operation))
      const said = `${holding.name}: ${reply.status} ${JSON.stringify(reply.body)}`
      if (isAllowed(holding, row, scope)) {
        // Allowed is not the same as possible: what is named may not be there, or may be as it should already.
        expect([401, 403], said).not.toContain(reply.status)
        expect(reply.status, said).toBeLessThan(500)
      } else expect(reply.status, said).toBe(403)
    }
  },
)

test.each(Object.entries(throughCheckAccess).map(([row, reason]) => [row as BillingTask, reason] as const))(
  'BIL-16 %s: checkAccess says who is allowed what no operation here stands for (%s)',
  async (row) => {
    const scope = row.startsWith('A') ? contoso.accountId : row.startsWith('P') ? contoso.profileId : contoso.sectionId
    const actions = billingActionsOf([row])
    for (const holding of holders.filter(({ role }) => role !== undefined)) {
      const reply = await holding.client.post(`${scope}/checkAccess?${v2024}`, { actions })
      const said = `${holding.name}: ${JSON.stringify(reply.body)}`
      expect(reply.status, said).toBe(200)
      const answer = reply.body.value?.[0] ?? reply.body[0]
      expect(answer.accessDecision, said).toBe(isAllowed(holding, row, scope) ? 'Allowed' : 'NotAllowed')
    }
  },
)
