/** The wire's states of the two switches of an associated tenant (OWN-13). */
export type BillingManagementState = 'NotAllowed' | 'Active' | 'Revoked'
export type ProvisioningState =
  | 'NotRequested'
  | 'Pending'
  | 'Active'
  | 'BillingRequestExpired'
  | 'BillingRequestDeclined'
  | 'Revoked'

export interface TenantSwitches {
  readonly billing: BillingManagementState
  readonly provisioning: ProvisioningState
}

export type SwitchDecision =
  | { readonly kind: 'changed'; readonly switches: TenantSwitches; readonly asksForProvisioning: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

/** Neither is on before somebody has said so. */
const atFirst: TenantSwitches = { billing: 'NotAllowed', provisioning: 'NotRequested' }

const billingChanges: Readonly<Record<BillingManagementState, readonly BillingManagementState[]>> = {
  NotAllowed: ['Active'],
  Active: ['NotAllowed', 'Revoked'],
  Revoked: ['Active'],
}
/** What the billing account's side can do; the other tenant alone makes it active. */
const provisioningChanges: Readonly<Record<ProvisioningState, readonly ProvisioningState[]>> = {
  NotRequested: ['Pending'],
  Pending: ['Revoked'],
  Active: ['Revoked'],
  BillingRequestExpired: ['Pending', 'Revoked'],
  BillingRequestDeclined: ['Pending', 'Revoked'],
  Revoked: ['Pending'],
}

/** What becomes of the switches; one that is not named stays as it is. */
export function decideSwitches(
  before: TenantSwitches | undefined,
  wanted: { readonly billing: string | undefined; readonly provisioning: string | undefined },
): SwitchDecision {
  const now = before ?? atFirst
  const billing = wanted.billing ?? now.billing
  const provisioning = wanted.provisioning ?? now.provisioning
  if (billing !== now.billing && !billingChanges[now.billing].some((next) => next === billing))
    return refused(
      'InvalidBillingManagementState',
      `The billing management state can go from ${now.billing} to ${billingChanges[now.billing].join(' or ')}, and not to '${billing}'.`,
    )
  if (provisioning !== now.provisioning && !provisioningChanges[now.provisioning].some((next) => next === provisioning))
    return refused(
      provisioning === 'Active' ? 'ProvisioningNeedsApproval' : 'InvalidProvisioningManagementState',
      provisioning === 'Active'
        ? 'A Global administrator of the tenant makes provisioning active. Set the state to Pending to ask for it.'
        : `The provisioning state can go from ${now.provisioning} to ${provisioningChanges[now.provisioning].join(' or ')}, and not to '${provisioning}'.`,
    )
  const switches: TenantSwitches = {
    billing: billing as BillingManagementState,
    provisioning: provisioning as ProvisioningState,
  }
  if (!before && switches.billing !== 'Active' && switches.provisioning !== 'Pending')
    return refused(
      'NoAccessRequested',
      'Say what the tenant is associated for: billingManagementState Active, provisioningManagementState Pending, or both.',
    )
  return {
    kind: 'changed',
    switches,
    asksForProvisioning: provisioning === 'Pending' && now.provisioning !== 'Pending',
  }
}

/** OWN-13: accounts of the enterprise kind only; a single person's account has no second tenant. */
export const mayAssociateTenants = (account: {
  readonly accountType: string
  readonly agreementType: string
}): boolean =>
  account.accountType === 'Enterprise' &&
  (account.agreementType === 'EnterpriseAgreement' || account.agreementType === 'MicrosoftCustomerAgreement')

/** To be stated whenever a tenant is added (OWN-13). */
export const associationNotice =
  'Everybody who holds any role on this billing account can see all users of all tenants that have access to it. People of the associated tenant follow the security policies of their own tenant.'

const refused = (code: string, message: string): SwitchDecision => ({ kind: 'refused', code, message })
