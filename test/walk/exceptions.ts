/**
 * Operations that the walk does not bring to succeed, with what shows them instead. The list only gets shorter: a new
 * operation gets a success of its own.
 */
export const notWalked: Readonly<Record<string, string>> = {
  'v1.0.Graph_AssignLicense':
    'never succeeds: licences are refused by name, as test/providers/graph/license.test.ts shows',
  'subscriptions.ResourceGroups_ExportTemplate':
    'never succeeds: templates are refused by name, as test/providers/Microsoft.Resources/resource-group.test.ts shows',
}
export const notWalkedAtMost = 2

/** Operations whose work is done after the answer, in commits of its own; their one record is of the request. */
export const worksLater: Readonly<Record<string, string>> = {
  'Tenantry.Billing.InvoiceRuns_Create': 'a run issues its documents a chunk of profiles at a time',
  'Tenantry.Billing.InvoiceRuns_Resume': 'as the run does',
  'subscriptions.Resources_MoveResources': 'both groups are locked with the answer, and the resources move afterwards',
  'subscriptions.ResourceGroups_Delete': 'the group is locked with the answer, and emptied afterwards',
}

/** What leaves more than one record, with the actions of all of them; everything else leaves one. */
export const leavesSeveral: Readonly<Record<string, readonly string[]>> = {
  'v1.0.Graph_CreateServicePrincipal': ['servicePrincipals/consent', 'servicePrincipals/create'],
  'v1.0.Graph_CreateInvitation': ['invitations/write', 'users/create'],
  'subscriptions.ResourceGroups_Delete': [
    'Microsoft.Compute/virtualMachines/delete',
    'Microsoft.Resources/subscriptions/resourceGroups/delete',
  ],
  'Microsoft.Subscription.Alias_Create': [
    'Microsoft.Subscription/aliases/write',
    'Microsoft.Subscription/subscriptions/write',
  ],
  'Microsoft.Subscription.Subscriptions_AcceptTargetDirectory': [
    'Microsoft.Subscription/acceptChangeTenant/action',
    'Microsoft.Subscription/changeTenantRequest/write',
  ],
  'Microsoft.AzureActiveDirectory.B2CTenants_Create': [
    'Microsoft.AzureActiveDirectory/b2cDirectories/write',
    'Tenantry.Directory/tenants/write',
  ],
  'Microsoft.Billing.RecipientTransfers_Accept': [
    'Microsoft.Billing/billingAccounts/billingSubscriptions/move/action',
    'Microsoft.Billing/transfers/accept/action',
  ],
  'Microsoft.Billing.BillingRequests_CreateOrUpdate': [
    'Microsoft.Billing/billingRequests/write',
    'Microsoft.Billing/billingRoleAssignments/write',
  ],
  'Tenantry.Billing.IssuedInvoices_Credit': [
    'Tenantry.Billing/invoices/creditNotes/write',
    'Tenantry.Billing/invoices/status/write',
  ],
  'Tenantry.Partner.Partners_CreateOrUpdate': [
    'Microsoft.Billing/billingAccounts/billingProfiles/write',
    'Tenantry.Partner/partners/write',
  ],
  'v1.Customers_Create': ['Tenantry.Directory/tenants/write', 'Tenantry.Partner/customers/write'],
  'v1.Orders_Create': ['Microsoft.Subscription/subscriptions/write', 'Tenantry.Partner/customers/orders/write'],
}

/** Requests that say something new also when they are repeated, so that each repetition has a record of its own. */
export const actsAgain: Readonly<Record<string, string>> = {}

/** Requests that cannot be sent a second time as they are. */
export const refusesRepeats: Readonly<Record<string, string>> = {
  'v1.CustomerProfiles_UpdateBilling': 'it names the etag of what it changes, which ends with the change',
  'v1.Customers_Update': 'a relationship that is ended is not there to be ended again',
  'v1.Subscriptions_Update': 'it names the etag of what it changes, which ends with the change',
}

/** Changes of which nothing can be said beyond that they were made. */
export const saysNothing: Readonly<Record<string, string>> = {
  'login.Login_ChangePassword': 'that it was changed is all that may be said',
  'v1.0.Graph_RevokeSignInSessions': 'that the sessions ended is all there is to say',
  'v1.0.Graph_RevokeMySignInSessions': 'that the sessions ended is all there is to say',
}

/** Acts of the operator that change no table and are recorded all the same. */
export const recordsTheAct: Readonly<Record<string, string>> = {
  'Tenantry.Billing.InvoiceRuns_Preview': 'a run over all customers was started',
  'Tenantry.Billing.InvoiceRuns_Resume': 'a run was started again, perhaps with nothing left to do',
}

/** State that is changed beside a request and belongs to nobody's decision: it has no record. */
export const changesWithoutRecord: Readonly<Record<string, string>> = {
  'events.Events_Append':
    'an event is its own record: usage_event is only added to, and the audit recomputes it (I-02)',
  'Microsoft.Billing.Invoices_DownloadInvoice':
    'the file is drawn from the issued document and says nothing new (INV-14)',
}
