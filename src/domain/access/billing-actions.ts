import { type BillingScopeKind, type BillingTask, billingTasks } from './billing-roles.ts'

const types: Record<BillingScopeKind, string> = {
  account: 'Microsoft.Billing/billingAccounts',
  profile: 'Microsoft.Billing/billingAccounts/billingProfiles',
  section: 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections',
}

/** What each row of the matrix is called as an action; a row of another scope may be the same action there. */
const actions: Record<BillingTask, string> = {
  A1: `${types.account}/billingRoleAssignments/read`,
  A2: `${types.account}/billingRoleAssignments/write`,
  A3: `${types.account}/read`,
  A4: `${types.account}/write`,
  A5: `${types.profile}/read`,
  A6: `${types.profile}/write`,
  A7: `${types.account}/invoices/read`,
  A8: `${types.account}/invoices/pay/action`,
  A9: `${types.account}/invoices/download/action`,
  A10: `${types.account}/products/read`,
  A11: `${types.account}/products/write`,
  A12: `${types.account}/billingSubscriptions/read`,
  A13: `${types.account}/createSubscription/action`,
  A14: `${types.account}/billingSubscriptions/cancel/action`,
  P1: `${types.profile}/billingRoleAssignments/read`,
  P2: `${types.profile}/billingRoleAssignments/write`,
  P3: `${types.profile}/read`,
  P4: `${types.profile}/write`,
  P5: `${types.profile}/policies/read`,
  P6: `${types.profile}/policies/write`,
  P7: `${types.profile}/invoices/read`,
  P8: `${types.profile}/invoices/pay/action`,
  P9: `${types.profile}/invoices/download/action`,
  P10: `${types.section}/read`,
  P11: `${types.section}/write`,
  P12: `${types.profile}/products/read`,
  P13: `${types.profile}/products/write`,
  P14: `${types.profile}/products/move/action`,
  P15: `${types.profile}/paymentMethods/read`,
  P16: `${types.profile}/paymentMethods/write`,
  P17: `${types.profile}/availableBalance/read`,
  P18: `${types.profile}/billingSubscriptions/read`,
  P19: `${types.profile}/createSubscription/action`,
  P20: `${types.profile}/billingSubscriptions/cancel/action`,
  P21: `${types.profile}/billingSubscriptions/move/action`,
  S1: `${types.section}/billingRoleAssignments/read`,
  S2: `${types.section}/billingRoleAssignments/write`,
  S3: `${types.section}/read`,
  S4: `${types.section}/write`,
  S5: `${types.section}/products/read`,
  S6: `${types.section}/products/write`,
  S7: `${types.section}/products/move/action`,
  S8: `${types.section}/billingSubscriptions/read`,
  S9: `${types.section}/createSubscription/action`,
  S10: `${types.section}/billingSubscriptions/cancel/action`,
  S11: `${types.section}/billingSubscriptions/move/action`,
  S12: `${types.section}/transfers/write`,
  U1: `${types.section}/createSubscription/action`,
  U2: `${types.section}/billingSubscriptions/write`,
  U3: `${types.section}/billingSubscriptions/move/action`,
  U4: `${types.profile}/billingSubscriptions/move/action`,
  U5: `${types.section}/billingSubscriptions/cancel/action`,
}

const rowsOf: Record<BillingScopeKind, RegExp> = { account: /^[APSU]/, profile: /^[PSU]/, section: /^[SU]/ }

/** The rows that can be asked about at a scope: its own and those of what lies below, which inherits (ACC-9). */
export const billingTasksAt = (kind: BillingScopeKind): readonly BillingTask[] =>
  billingTasks.filter((task) => rowsOf[kind].test(task))

/** Each action once, in the order of the matrix. */
export const billingActionsOf = (tasks: readonly BillingTask[]): string[] => [
  ...new Set(tasks.map((task) => actions[task])),
]

/** The rows that an action, in any casing, stands for at a scope; none where it means nothing. */
export const billingTasksOfAction = (action: string, kind: BillingScopeKind): readonly BillingTask[] =>
  billingTasksAt(kind).filter((task) => actions[task].toLowerCase() === action.toLowerCase())
