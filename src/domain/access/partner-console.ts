import { type BillingTask, isViewingTask } from './billing-roles.ts'
import { directoryRoleIds } from './directory-roles.ts'

/** The roles of a partner's console (PAR-17). Agents are members of the partner's groups, the others hold directory roles. */
export type ConsoleRole =
  | 'globalAdministrator'
  | 'adminAgent'
  | 'salesAgent'
  | 'helpdeskAgent'
  | 'billingAdministrator'
  | 'userAdministrator'

interface RightRow {
  readonly description: string
  /** Any one of them is enough, but for `together`. */
  readonly roles: readonly ConsoleRole[]
  /** One person has to hold all of the roles. */
  readonly together?: true
}

const global = 'globalAdministrator'
const admin = 'adminAgent'
const sales = 'salesAgent'
const helpdesk = 'helpdeskAgent'
const billing = 'billingAdministrator'
const users = 'userAdministrator'

/** The console's rights × roles (PAR-17); a role that a row does not list is refused. */
const matrix = {
  manageUsers: { description: "Manage the partner's users and roles", roles: [global, users] },
  addCustomer: { description: 'Add a customer', roles: [global, admin, sales, users] },
  viewCustomers: { description: 'Search, view and edit customers', roles: [global, admin, sales, helpdesk] },
  requestRelationship: { description: 'Request a relationship', roles: [global, admin, sales] },
  requestDelegatedPrivileges: {
    description: 'Request delegated admin privileges with a relationship',
    roles: [global, admin, sales],
  },
  attestAgreement: { description: "Attest the customer's acceptance of the agreement", roles: [admin, sales] },
  sell: { description: 'Buy a plan or sell a subscription', roles: [global, admin, sales] },
  createSubscription: { description: 'Create a resource subscription for a customer', roles: [admin] },
  assignSubscription: { description: "Assign a subscription to the customer's users", roles: [global, sales] },
  actOnBehalf: { description: 'Act inside the customer on its behalf', roles: [admin] },
  suspendSubscription: { description: 'Suspend and resume a subscription', roles: [global, admin, sales] },
  cancelSubscription: { description: 'Cancel a resource subscription', roles: [global, admin], together: true },
  removeRelationship: { description: 'Remove a relationship', roles: [global] },
  viewInvoices: { description: 'See invoices and reconciliation files', roles: [global, admin, billing] },
  viewPrices: { description: 'See prices', roles: [global, admin, sales, billing] },
  supportCustomer: { description: 'Make support requests for a customer', roles: [admin, helpdesk] },
  createSharedServices: {
    description: 'Create the shared-services tenant and subscription',
    roles: [global, admin, sales],
  },
} as const satisfies Record<string, RightRow>

export type ConsoleRight = keyof typeof matrix
export const consoleRights = Object.keys(matrix) as readonly ConsoleRight[]
const rowOf = (right: ConsoleRight): RightRow => matrix[right]
export const describeConsoleRight = (right: ConsoleRight): string => matrix[right].description

const names: Record<ConsoleRole, string> = {
  globalAdministrator: 'Global administrator',
  adminAgent: 'Admin agent',
  salesAgent: 'Sales agent',
  helpdeskAgent: 'Helpdesk agent',
  billingAdministrator: 'Billing administrator',
  userAdministrator: 'User administrator',
}

/** Deny by default; a console role gives nothing outside the console, and no other role gives one (ACC-1). */
export function allowsInConsole(right: ConsoleRight, held: readonly ConsoleRole[]): boolean {
  const { roles, together } = rowOf(right)
  return together ? roles.every((role) => held.includes(role)) : roles.some((role) => held.includes(role))
}

/** INV-16: who sees the invoices in the console sees the partner's billing account, too, and changes nothing of it. */
export const allowsConsoleInBilling = (task: BillingTask, held: readonly ConsoleRole[]): boolean =>
  isViewingTask(task) && allowsInConsole('viewInvoices', held)

/** Who has the right, for the refusal of somebody who has not. */
export function holdersOfConsoleRight(right: ConsoleRight): string {
  const { roles, together } = rowOf(right)
  return roles.map((role) => `'${names[role]}'`).join(together ? ' together with ' : ', ')
}

export interface AgentGroups {
  readonly adminAgents: string
  readonly helpdeskAgents: string
  readonly salesAgents: string
}

const ofDirectory: readonly (readonly [string, ConsoleRole])[] = [
  [directoryRoleIds.globalAdministrator, 'globalAdministrator'],
  [directoryRoleIds.billingAdministrator, 'billingAdministrator'],
  [directoryRoleIds.userAdministrator, 'userAdministrator'],
]

/** The console roles of somebody of the partner's tenant, by groups and directory roles that they hold there. */
export function consoleRolesOf(
  groups: AgentGroups,
  held: { readonly principals: readonly string[]; readonly roleTemplateIds: readonly string[] },
): readonly ConsoleRole[] {
  const ofGroups: readonly (readonly [string, ConsoleRole])[] = [
    [groups.adminAgents, 'adminAgent'],
    [groups.salesAgents, 'salesAgent'],
    [groups.helpdeskAgents, 'helpdeskAgent'],
  ]
  return [
    ...ofDirectory.filter(([id]) => held.roleTemplateIds.includes(id)),
    ...ofGroups.filter(([id]) => held.principals.includes(id)),
  ].map(([, role]) => role)
}
