import type { BillingTask } from '../../../src/domain/access/billing-roles.ts'

/**
 * Operations whose answer is not a matter of one row alone, with the test that shows them. Everything else on a billing
 * account names its row as its permission, and is walked.
 */
export const shownElsewhere: Readonly<Record<string, string>> = {
  'Microsoft.Billing.BillingAccounts_List': 'lists what the caller has a role in: billing-account.test.ts',
  'Microsoft.Billing.BillingAccounts_ListInvoiceSectionsByCreateSubscriptionPermission':
    'lists the sections that S9 allows: billing-account.test.ts',
  'Microsoft.Billing.BillingProfiles_ListByBillingAccount': 'A5, shortened for others: role-matrix.test.ts',
  'Microsoft.Billing.BillingProfiles_CreateOrUpdate': 'A6 makes, P4 changes: role-matrix.test.ts',
  'Microsoft.Billing.InvoiceSections_ListByBillingProfile': 'P10, shortened for others: role-matrix.test.ts',
  'Microsoft.Billing.InvoiceSections_CreateOrUpdate': 'P11 makes, S4 changes: role-matrix.test.ts',
  'Microsoft.Billing.BillingSubscriptions_Move': 'U3 or U4 on both ends: role-matrix.test.ts',
  'Microsoft.Billing.Products_Move': 'S7 or P14 on both ends: product.test.ts',
  'Microsoft.Billing.BillingSubscriptions_ListByCustomer': 'of partners: test/providers/partnercenter',
  'Microsoft.Billing.Transactions_ListByInvoice': 'P7, shortened for others: invoice.test.ts',
  'Microsoft.Billing.Invoices_PollDownload': 'for whoever asked: invoice.test.ts',
  'Microsoft.Billing.Invoices_ListByBillingSubscription': 'its account is found by its subscription: invoice.test.ts',
  'Microsoft.Billing.BillingPermissions_ListByBillingAccount': 'any role may ask what it may: billing-role.test.ts',
  'Microsoft.Billing.BillingPermissions_ListByBillingProfile': 'any role may ask what it may: billing-role.test.ts',
  'Microsoft.Billing.BillingPermissions_ListByInvoiceSections': 'any role may ask what it may: billing-role.test.ts',
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingAccount': 'any role may ask: role-matrix-walk.test.ts',
  'Microsoft.Billing.BillingPermissions_CheckAccessByBillingProfile': 'any role may ask: role-matrix-walk.test.ts',
  'Microsoft.Billing.BillingPermissions_CheckAccessByInvoiceSection': 'any role may ask: role-matrix-walk.test.ts',
  'Tenantry.Billing.PaymentMethods_ApproveBankTransfer': 'the operator, whatever the role: payment-method.test.ts',
  'Tenantry.Billing.Credits_Grant': 'the operator, whatever the role: Tenantry.Billing/payment.test.ts',
}

/** Rows that no operation of its own stands for; what they allow is asked by checkAccess (DESIGN 11). */
export const throughCheckAccess: Readonly<Partial<Record<BillingTask, string>>> = {
  A13: 'subscriptions are created on a section: S9',
  A14: 'nobody: SUB-7',
  P19: 'subscriptions are created on a section: S9',
  P20: 'nobody: SUB-7',
  P21: 'as U4',
  S10: 'nobody: SUB-7',
  S11: 'as U3',
  U1: 'as S9',
  U5: 'nobody: SUB-7',
}
