import { covers, scopeKey } from './scope.ts'

export type BillingRole = 'BAO' | 'BAC' | 'BAR' | 'BPO' | 'BPC' | 'BPR' | 'IM' | 'ISO' | 'ISC' | 'ISR' | 'SC'
export type BillingScopeKind = 'account' | 'profile' | 'section'

export interface BillingRoleDefinition {
  /** Azure's published name of the definition; the same in every billing account. */
  readonly id: string
  readonly role: BillingRole
  readonly name: string
  readonly description: string
  /** Where it can be assigned; what it allows is inherited from there (ACC-9). */
  readonly scopeKind: BillingScopeKind
}

export const billingRoleDefinitions: readonly BillingRoleDefinition[] = [
  definition(
    '50000000-aaaa-bbbb-cccc-100000000000',
    'BAO',
    'account',
    'Billing account owner',
    'Everything on the account.',
  ),
  definition(
    '50000000-aaaa-bbbb-cccc-100000000001',
    'BAC',
    'account',
    'Billing account contributor',
    'Everything on the account except who has access. Pays invoices by card through the account, and not through a profile.',
  ),
  definition(
    '50000000-aaaa-bbbb-cccc-100000000002',
    'BAR',
    'account',
    'Billing account reader',
    'Sees everything on the account.',
  ),
  definition(
    '40000000-aaaa-bbbb-cccc-100000000000',
    'BPO',
    'profile',
    'Billing profile owner',
    'Everything on the profile.',
  ),
  definition(
    '40000000-aaaa-bbbb-cccc-100000000001',
    'BPC',
    'profile',
    'Billing profile contributor',
    'Everything on the profile except who has access.',
  ),
  definition(
    '40000000-aaaa-bbbb-cccc-100000000002',
    'BPR',
    'profile',
    'Billing profile reader',
    'Sees everything on the profile.',
  ),
  definition(
    '40000000-aaaa-bbbb-cccc-100000000004',
    'IM',
    'profile',
    'Invoice manager',
    'Sees and pays invoices of the profile.',
  ),
  definition(
    '30000000-aaaa-bbbb-cccc-100000000000',
    'ISO',
    'section',
    'Invoice section owner',
    'Everything on the section.',
  ),
  definition(
    '30000000-aaaa-bbbb-cccc-100000000001',
    'ISC',
    'section',
    'Invoice section contributor',
    'Everything on the section except who has access.',
  ),
  definition(
    '30000000-aaaa-bbbb-cccc-100000000002',
    'ISR',
    'section',
    'Invoice section reader',
    'Sees everything on the section.',
  ),
  definition(
    '30000000-aaaa-bbbb-cccc-100000000006',
    'SC',
    'section',
    'Azure subscription creator',
    'Creates subscriptions that the section pays for.',
  ),
]

function definition(
  id: string,
  role: BillingRole,
  scopeKind: BillingScopeKind,
  name: string,
  description: string,
): BillingRoleDefinition {
  return { id, role, name, description, scopeKind }
}

export const findBillingRole = (id: string): BillingRoleDefinition | undefined =>
  billingRoleDefinitions.find((candidate) => candidate.id === id.toLowerCase())

export const billingRoleId = (role: BillingRole): string => {
  const found = billingRoleDefinitions.find((candidate) => candidate.role === role)
  if (!found) throw new Error(`there is no billing role ${role}`)
  return found.id
}

interface TaskRow {
  readonly task: string
  readonly allowed: string
}

/** The role × task matrix (BIL-16); a role that a row does not list is refused. */
const matrix = {
  A1: row('View role assignments of the account', 'BAO BAC BAR'),
  A2: row('Grant or revoke roles on the account', 'BAO'),
  A3: row('View account properties and agreements', 'BAO BAC BAR'),
  A4: row('Update account properties', 'BAO BAC'),
  A5: row('View all profiles', 'BAO BAC BAR'),
  A6: row('Create a profile', 'BAO BAC'),
  A7: row('View all invoices of the account', 'BAO BAC BAR'),
  A8: row('Pay an invoice by card through the account', 'BAO BAC'),
  A9: row('Download invoices, usage, price sheets and tax documents of the account', 'BAO BAC BAR'),
  A10: row('View products of the account', 'BAO BAC BAR'),
  A11: row('Manage products of the account', 'BAO BAC'),
  A12: row('View subscriptions of the account', 'BAO BAC BAR'),
  A13: row('Create a subscription through the account', 'BAO BAC'),
  A14: row('Cancel a subscription through the account', ''),
  P1: row('View role assignments of the profile', 'BPO BPC BPR IM BAO BAC BAR'),
  P2: row('Grant or revoke roles on the profile', 'BPO BAO'),
  P3: row('View profile properties', 'BPO BPC BPR IM BAO BAC BAR'),
  P4: row('Update profile properties', 'BPO BPC BAO BAC'),
  P5: row('View purchase policies', 'BPO BPC BPR IM BAO BAC BAR'),
  P6: row('Apply purchase policies', 'BPO BPC BAO BAC'),
  P7: row('View invoices of the profile', 'BPO BPC BPR IM BAO BAC BAR'),
  P8: row('Pay an invoice by card through the profile', 'BPO BPC IM BAO'),
  P9: row('Download invoices, usage, prices and tax documents of the profile', 'BPO BPC BPR IM BAO BAC BAR'),
  P10: row('View sections', 'BPO BPC BPR IM BAO BAC BAR'),
  P11: row('Create a section', 'BPO BPC BAO BAC'),
  P12: row('View products of the profile', 'BPO BPC BPR IM BAO BAC BAR'),
  P13: row('Manage products of the profile', 'BPO BPC BAO BAC'),
  P14: row('Change the profile of a product', 'BPO BPC BAO BAC'),
  P15: row('View payment methods', 'BPO BPC BPR IM BAO BAC BAR'),
  P16: row('Manage payment methods', 'BPO BPC BAO BAC'),
  P17: row('Track the credit balance', 'BPO BPC BPR IM BAO BAC BAR'),
  P18: row('View subscriptions of the profile', 'BPO BPC BPR IM BAO BAC BAR'),
  P19: row('Create a subscription through the profile', 'BPO BPC BAO BAC'),
  P20: row('Cancel a subscription through the profile', ''),
  P21: row('Change the profile of a subscription', 'BPO BPC BAO BAC'),
  S1: row('View role assignments of the section', 'ISO ISC ISR BPO BPC BPR IM BAO BAC BAR'),
  S2: row('Grant or revoke roles on the section', 'ISO BPO BAO'),
  S3: row('View section properties', 'ISO ISC ISR BPO BPC BPR IM BAO BAC BAR'),
  S4: row('Update section properties', 'ISO ISC BPO BPC BAO BAC'),
  S5: row('View products of the section', 'ISO ISC ISR BPO BPC BPR IM BAO BAC BAR'),
  S6: row('Manage products of the section', 'ISO ISC BPO BPC BAO BAC'),
  S7: row('Change the section of a product', 'ISO ISC BPO BPC BAO BAC'),
  S8: row('View subscriptions of the section', 'ISO ISC ISR BPO BPC BPR IM BAO BAC BAR'),
  S9: row('Create a subscription through the section', 'ISO ISC SC BPO BPC BAO BAC'),
  S10: row('Cancel a subscription through the section', ''),
  S11: row('Change the section of a subscription', 'ISO ISC BPO BPC BAO BAC'),
  S12: row('Request billing ownership from another account', 'ISO ISC BPO BPC BAO BAC'),
  U1: row('Create the subscription', 'ISO ISC SC BPO BPC BAO BAC'),
  U2: row('Update the cost centre of the subscription', 'ISO ISC BPO BPC BAO BAC'),
  U3: row('Change the section of the subscription', 'ISO ISC BPO BPC BAO BAC'),
  U4: row('Change the profile of the subscription', 'BPO BPC BAO BAC'),
  U5: row('Cancel the subscription', ''),
}

function row(task: string, allowed: string): TaskRow {
  return { task, allowed }
}

export type BillingTask = keyof typeof matrix
export const billingTasks = Object.keys(matrix) as readonly BillingTask[]
export const describeBillingTask = (task: BillingTask): string => matrix[task].task

export function rolesAllowedTo(task: BillingTask): readonly BillingRole[] {
  return matrix[task].allowed.split(' ').filter((role) => role !== '') as BillingRole[]
}

/** Rows that only look, which a Global administrator may do on every account of the tenant (ACC-8). */
export const isViewingTask = (task: BillingTask): boolean => /^(View|Download|Track)/.test(matrix[task].task)
const granting: readonly BillingTask[] = ['A2', 'P2', 'S2']

export interface BillingGrant {
  readonly scope: string
  /** Name of a billing role definition. */
  readonly roleDefinitionName: string
}

/** Whether any of the caller's own assignments, at the scope or above it, allows the task (ACC-9). */
export function allowsBilling(task: BillingTask, assignments: readonly BillingGrant[], scope: string): boolean {
  const at = scopeKey(scope)
  const allowed = rolesAllowedTo(task)
  return assignments.some((assignment) => {
    const role = findBillingRole(assignment.roleDefinitionName)
    return role !== undefined && allowed.includes(role.role) && covers(scopeKey(assignment.scope), at)
  })
}

/** A Global administrator reads every billing account of the tenant and manages who has access, and nothing else (ACC-8). */
export const allowsGlobalAdministratorInBilling = (task: BillingTask): boolean =>
  isViewingTask(task) || granting.includes(task)
