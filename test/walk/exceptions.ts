/**
 * Operations that the walk does not bring to succeed, with what shows them instead. The list only gets shorter: a new
 * operation gets a success of its own.
 */
export const notWalked: Readonly<Record<string, string>> = {
  'login.Login_ChangePassword': 'needs the pages of a sign-in that asks for a new password: test/providers/login',
  'logout.Login_SignOut': 'needs the cookie of a sign-in session: test/providers/login',
  'oauth2.Login_DeviceCode': 'needs a client that may use devices: test/providers/login',
  'oauth2.Login_DeviceCodeV1': 'as Login_DeviceCode',
  'devicelogin.Login_EnterDeviceCode': 'needs the pages of a device that signs in: test/providers/login',
  'devicelogin.Login_AnswerDevice': 'needs the pages of a device that signs in: test/providers/login',
  'oidc.Login_PostUserInfo': 'needs a token of an interactive sign-in: test/providers/login',
  'redeem.Login_Redeem': 'needs the link of an invitation and a browser: test/providers/login',
  'Tenantry.Directory.Redemptions_Accept':
    'needs the link of an invitation and a browser: test/providers/Tenantry.Directory',
  'Tenantry.Directory.Redemptions_Decline': 'as Redemptions_Accept',
  'Tenantry.Directory.Invitations_Resend': 'needs the link of an invitation: test/providers/Tenantry.Directory',
  'Tenantry.Directory.Invitations_Revoke': 'as Invitations_Resend',
  'beta.Graph_CreateB2bManagementPolicy': 'the lists of domains: test/providers/graph',
  'beta.Graph_UpdateB2bManagementPolicy': 'the lists of domains: test/providers/graph',
  'beta.Graph_DeleteB2bManagementPolicy': 'the lists of domains: test/providers/graph',
  'Microsoft.Support.SupportTickets_CheckNameAvailability': 'support requests: test/providers/Microsoft.Support',
  'Microsoft.Support.SupportTickets_Create': 'support requests: test/providers/Microsoft.Support',
  'Microsoft.Support.SupportTickets_Update': 'support requests: test/providers/Microsoft.Support',
  'Microsoft.Support.Communications_CheckNameAvailability': 'support requests: test/providers/Microsoft.Support',
  'Microsoft.Support.Communications_Create': 'support requests: test/providers/Microsoft.Support',
  'Tenantry.Directory.SupportTickets_Reply': 'support requests: test/providers/Microsoft.Support',
  'Tenantry.Directory.SupportTickets_SetStatus': 'support requests: test/providers/Microsoft.Support',
  'Microsoft.Billing.AssociatedTenants_CreateOrUpdate': 'associated tenants: test/providers/Microsoft.Billing',
  'Microsoft.Billing.AssociatedTenants_Delete': 'associated tenants: test/providers/Microsoft.Billing',
  'Microsoft.Billing.BillingRequests_CreateOrUpdate': 'associated tenants: test/providers/Microsoft.Billing',
  'Microsoft.Billing.PartnerTransfers_Initiate': 'transfers between partners: test/providers/Microsoft.Billing',
  'Microsoft.Billing.PartnerTransfers_Cancel': 'transfers between partners: test/providers/Microsoft.Billing',
  'v1.0.Graph_AssignLicense': 'refused by name, always: test/providers/graph/license.test.ts',
  'subscriptions.ResourceGroups_ExportTemplate': 'refused by name, always: test/providers/Microsoft.Resources',
}
export const notWalkedAtMost = 29

/** Operations whose work is done after the answer, in commits of its own; their one record is of the request. */
export const worksLater: Readonly<Record<string, string>> = {
  'Tenantry.Billing.InvoiceRuns_Create': 'a run issues its documents a chunk of profiles at a time',
  'Tenantry.Billing.InvoiceRuns_Resume': 'as the run does',
  'subscriptions.Resources_MoveResources': 'both groups are locked with the answer, and the resources move afterwards',
  'subscriptions.ResourceGroups_Delete': 'the group is locked with the answer, and emptied afterwards',
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
