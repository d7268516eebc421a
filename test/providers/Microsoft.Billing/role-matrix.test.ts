import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type BillingRole,
  type BillingTask,
  billingRoleDefinitions,
  billingRoleId,
  describeBillingTask,
  rolesAllowedTo,
} from '../../../src/domain/access/billing-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, type Customer, expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'
import { holder, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let subscriptionId: string
let sibling: string
let otherSection: string
const holders = new Map<BillingRole | undefined, Person>()

const roles = billingRoleDefinitions.map(({ role }) => role)

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer()
  subscriptionId = await world.subscription(contoso)
  const { client } = contoso.owner
  const put = async (path: string) => expectSuccess(await client.put(`${path}?${v2020}`, { properties: {} })).body
  sibling = (await put(`${contoso.profileId}/invoiceSections/SIBLING`)).id
  otherSection = (await put(`${contoso.accountId}/billingProfiles/OTHER`)).properties.invoiceSections.value[0].id
  for (const role of [...roles, undefined]) holders.set(role, await holder(world, contoso, role))
}, 60_000)
afterAll(() => cloud?.stop())

type Ask = readonly [method: string, path: () => string, body?: () => unknown]

const period = 'periodStartDate=2026-01-01&periodEndDate=2026-12-31'
const at = {
  account: (rest: string) => () => `${contoso.accountId}${rest}${rest.includes('?') ? '&' : '?'}${v2020}`,
  profile: (rest: string) => () => `${contoso.profileId}${rest}${rest.includes('?') ? '&' : '?'}${v2020}`,
  section: (rest: string) => () => `${contoso.sectionId}${rest}${rest.includes('?') ? '&' : '?'}${v2020}`,
  billed: (rest: string) => () => `${contoso.accountId}/billingSubscriptions/${subscriptionId}${rest}?${v2020}`,
}
const newcomer = (role: BillingRole) => () => ({
  principalId: contoso.owner.objectId,
  roleDefinitionId: billingRoleId(role),
})
const giving = (scope: () => string) => () => `${scope()}/createBillingRoleAssignment?${v2024}`

/** What is asked of the server for a row. Whoever a row lets through gets 2xx, or hears what is wrong with the request. */
const asks: readonly (readonly [BillingTask, Ask])[] = [
  ['A1', ['GET', at.account('/billingRoleAssignments')]],
  ['A1', ['GET', at.account('/billingRoleDefinitions')]],
  ['A2', ['POST', giving(() => contoso.accountId), newcomer('BAR')]],
  ['A2', ['DELETE', at.account(`/billingRoleAssignments/${randomUUID()}`)]],
  ['A3', ['GET', at.account('')]],
  ['A3', ['GET', at.account('/agreements')]],
  ['A4', ['PATCH', at.account(''), () => ({ properties: { notificationEmailAddress: 'a@contoso.example' } })]],
  ['A6', ['PUT', () => `${contoso.accountId}/billingProfiles/${randomUUID()}?${v2020}`, () => ({ properties: {} })]],
  ['A6', ['GET', () => `${contoso.accountId}/providers/Tenantry.Billing/newProfileWarnings?${ours}`]],
  ['A7', ['GET', at.account(`/invoices?${period}`)]],
  ['A10', ['GET', at.account('/products')]],
  ['A12', ['GET', at.account('/billingSubscriptions')]],
  ['P1', ['GET', at.profile('/billingRoleAssignments')]],
  ['P2', ['POST', giving(() => contoso.profileId), newcomer('BPR')]],
  ['P3', ['GET', at.profile('')]],
  ['P4', ['PUT', at.profile(''), () => ({ properties: { poNumber: 'PO-1' } })]],
  ['P5', ['GET', at.profile('/policies/default')]],
  ['P6', ['PUT', at.profile('/policies/default'), () => ({ properties: { marketplacePurchases: 'AllAllowed' } })]],
  ['P7', ['GET', at.profile(`/invoices?${period}`)]],
  [
    'P7',
    [
      'GET',
      () =>
        `/providers/Microsoft.Billing/billingAccounts/default/billingSubscriptions/${subscriptionId}/invoices?${period}&${v2020}`,
    ],
  ],
  ['P11', ['PUT', () => `${contoso.profileId}/invoiceSections/${randomUUID()}?${v2020}`, () => ({ properties: {} })]],
  ['P12', ['GET', at.profile('/products')]],
  ['P17', ['GET', at.profile('/availableBalance/default')]],
  ['P18', ['GET', at.profile('/billingSubscriptions')]],
  ['S1', ['GET', at.section('/billingRoleAssignments')]],
  ['S2', ['POST', giving(() => contoso.sectionId), newcomer('ISR')]],
  ['S3', ['GET', at.section('')]],
  ['S4', ['PUT', at.section(''), () => ({ properties: { displayName: 'Default' } })]],
  ['S5', ['GET', at.section('/products')]],
  ['S8', ['GET', at.section('/billingSubscriptions')]],
  ['S8', ['GET', at.billed('')]],
  ['U2', ['PATCH', at.billed(''), () => ({ properties: { costCenter: '1' } })]],
]

test.each(asks.map(([task, ask]) => [task, describeBillingTask(task), ask] as const))(
  'BIL-16 %s: %s is allowed to the roles of the row and refused to all others',
  async (task, _description, [method, path, body]) => {
    for (const [role, { client }] of holders) {
      const reply = await client.send(method, path(), body?.())
      const isAllowed = role !== undefined && rolesAllowedTo(task).includes(role)
      if (isAllowed) expect(reply.status, `${role} ${JSON.stringify(reply.body)}`).not.toBe(403)
      else expect(reply, `${role}`).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
      // Allowed is not the same as possible: the role was given before, or the assignment is not there.
      if (isAllowed) expect([200, 201, 404, 409], role).toContain(reply.status)
    }
  },
)

test.each([
  ['U3', () => sibling],
  ['U4', () => otherSection],
] as const)('BIL-9, BIL-16 %s: whether a move is allowed is asked of both ends', async (task, destination) => {
  for (const [role, { client }] of holders) {
    const reply = await client.post(at.billed('/validateMoveEligibility')(), {
      destinationInvoiceSectionId: destination(),
    })
    // A role on this profile or section alone reaches neither the sibling section nor the other profile.
    const reaches = task === 'U4' ? ['BAO', 'BAC'] : ['BAO', 'BAC', 'BPO', 'BPC']
    if (role === undefined || role === 'SC') expect(reply.status, `${role}`).toBe(403)
    else expect(reply, role).toMatchObject({ status: 200, body: { isMoveEligible: reaches.includes(role) } })
  }
})

test('BIL-16 A5, P10: all profiles and all sections are for the roles of the row; others see their own', async () => {
  const count = async (role: BillingRole | undefined, path: string) => {
    const reply = await holders.get(role)?.client.get(`${path}?${v2020}`)
    return reply?.status === 200 ? reply.body.value.length : reply?.status
  }
  for (const role of ['BAO', 'BAC', 'BAR'] as const)
    expect(await count(role, `${contoso.accountId}/billingProfiles`), role).toBeGreaterThan(1)
  for (const role of ['BPO', 'BPC', 'BPR', 'IM'] as const) {
    expect(await count(role, `${contoso.accountId}/billingProfiles`), role).toBe(1)
    expect(await count(role, `${contoso.profileId}/invoiceSections`), role).toBeGreaterThan(1)
  }
  for (const role of ['ISO', 'ISC', 'ISR'] as const) {
    expect(await count(role, `${contoso.accountId}/billingProfiles`), role).toBe(403)
    expect(await count(role, `${contoso.profileId}/invoiceSections`), role).toBe(1)
  }
  for (const role of ['SC', undefined] as const) {
    expect(await count(role, `${contoso.accountId}/billingProfiles`), `${role}`).toBe(403)
    expect(await count(role, `${contoso.profileId}/invoiceSections`), `${role}`).toBe(403)
  }
})
