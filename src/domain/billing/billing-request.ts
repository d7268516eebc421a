export type BillingRequestStatus = 'Pending' | 'Approved' | 'Declined' | 'Cancelled' | 'Expired'
export type BillingRequestType = 'RoleAssignment' | 'ProvisioningAccess'

/** How long somebody has to answer: two weeks, as in the published examples. */
export const billingRequestDays = 14

export const isRequestAnswer = (status: string): status is 'Approved' | 'Declined' | 'Cancelled' =>
  ['Approved', 'Declined', 'Cancelled'].includes(status)

export function requestStatusAt(
  request: { readonly status: BillingRequestStatus; readonly expiresAt: Date },
  now: Date,
): BillingRequestStatus {
  return request.status === 'Pending' && now >= request.expiresAt ? 'Expired' : request.status
}
