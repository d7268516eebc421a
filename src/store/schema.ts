import type { ColumnType, Generated } from 'kysely'
import type { AssociatedTenantTables } from './associated-tenant-schema.ts'
import type { Instant, Json, NullableInstant, Numeric, Period, Revision } from './column-types.ts'
import type { DirectoryChangeTables } from './directory-change-schema.ts'
import type { GuestTables } from './guest-schema.ts'
import type { ManagementLockTables } from './management-lock-schema.ts'
import type { InvoiceTables } from './invoice-schema.ts'
import type { OutboxTables } from './outbox-schema.ts'
import type { OutsideProviderTables } from './outside-provider-schema.ts'
import type { PaymentTables } from './payment-schema.ts'
import type { ProductTables } from './product-schema.ts'
import type { PartnerTables } from './partner-schema.ts'
import type { SubscriptionCreationRequestTables } from './subscription-creation-request-schema.ts'
import type { SubscriptionPolicyTables } from './subscription-policy-schema.ts'
import type { ServiceTables } from './service-schema.ts'
import type { SignInTables } from './sign-in-schema.ts'
import type { SupportTables } from './support-schema.ts'
import type { TransferTables } from './transfer-schema.ts'

type SignInAudience = 'AzureADMyOrg' | 'AzureADMultipleOrgs'
type RedirectUriLists = Record<'web' | 'publicClient' | 'spa', string[]>

export interface Database
  extends GuestTables,
    InvoiceTables,
    PartnerTables,
    PaymentTables,
    ProductTables,
    SignInTables,
    OutboxTables,
    OutsideProviderTables,
    TransferTables,
    DirectoryChangeTables,
    SubscriptionCreationRequestTables,
    SubscriptionPolicyTables,
    SupportTables,
    ManagementLockTables,
    ServiceTables,
    AssociatedTenantTables {
  platform_setting: { name: string; value: Json<unknown> }
  signing_key: {
    key_id: string
    private_jwk: Json<Record<string, unknown>>
    public_jwk: Json<Record<string, unknown>>
    created_at: Instant
    retired_at: NullableInstant
  }
  audit_record: {
    sequence: Generated<bigint>
    occurred_at: Instant
    tenant_id: string | null
    principal_id: string | null
    principal_name: string | null
    action: string
    scope: string
    before: Json<unknown> | null
    after: Json<unknown> | null
    correlation_id: string
  }
  idempotency_record: {
    tenant_id: string
    principal_id: string
    route: string
    key: string
    body_hash: string
    status: number
    headers: Json<Record<string, string>>
    body: Json<unknown> | null
    created_at: Instant
  }
  long_running_operation: {
    id: string
    kind: string
    tenant_id: string
    principal_id: string
    scope: string
    state: 'Accepted' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled'
    input: Json<unknown>
    progress: Json<unknown> | null
    result: Json<unknown> | null
    error: Json<unknown> | null
    created_at: Instant
    finished_at: NullableInstant
  }
  due_work: { id: string; due_at: Instant; kind: string; payload: Json<unknown>; done_at: NullableInstant }

  tenant: {
    id: string
    kind: 'workforce' | 'identity'
    display_name: string
    country_code: string
    data_residency: string
    external_identity_pricing: ColumnType<boolean, boolean | undefined, boolean>
    created_at: Instant
    deleted_at: NullableInstant
    revision: Revision
  }
  tenant_domain: {
    name: string
    tenant_id: string
    is_initial: boolean
    is_default: boolean
    verified_at: NullableInstant
    verification_token: ColumnType<string | null, string | null | undefined, string | null>
  }
  principal: {
    id: string
    tenant_id: string
    kind: 'user' | 'group' | 'servicePrincipal'
    display_name: string
    created_at: Instant
    deleted_at: NullableInstant
    purged_at: NullableInstant
    revision: Revision
  }
  user_account: {
    id: string
    tenant_id: string
    user_principal_name: string
    mail: string | null
    mail_nickname: string | null
    given_name: string | null
    surname: string | null
    user_type: 'Member' | 'Guest'
    account_class: 'work' | 'guest' | 'consumer'
    account_enabled: boolean
    home_tenant_id: string | null
    home_object_id: string | null
    external_user_state: 'PendingAcceptance' | 'Accepted' | null
    external_user_state_changed_at: NullableInstant
    identities: ColumnType<unknown[], string | undefined, string>
    password_hash: string | null
    must_change_password: ColumnType<boolean, boolean | undefined, boolean>
    sessions_valid_from: NullableInstant
  }
  user_identity: { tenant_id: string; user_id: string; issuer: string; issuer_assigned_id: string }
  group_account: {
    id: string
    tenant_id: string
    mail_nickname: string
    description: string | null
    is_externally_mastered: ColumnType<boolean, boolean | undefined, boolean>
  }
  group_member: { tenant_id: string; group_id: string; member_id: string; added_at: Instant }
  group_owner: { tenant_id: string; group_id: string; owner_id: string; added_at: Instant }
  application: {
    id: string
    app_id: string
    tenant_id: string
    display_name: string
    sign_in_audience: ColumnType<SignInAudience, SignInAudience | undefined, SignInAudience>
    redirect_uris: ColumnType<RedirectUriLists, string | undefined, string>
    is_fallback_public_client: ColumnType<boolean, boolean | undefined, boolean>
    created_at: Instant
    deleted_at: NullableInstant
    purged_at: NullableInstant
    revision: Revision
  }
  application_owner: { tenant_id: string; application_id: string; owner_id: string; added_at: Instant }
  application_password: {
    key_id: string
    application_id: string
    display_name: string | null
    hint: string
    secret_hash: string
    start_at: Instant
    end_at: Instant
  }
  service_principal: {
    id: string
    tenant_id: string
    app_id: string
    deleted_at: NullableInstant
    acts_for_people: Generated<boolean>
  }
  directory_role_member: { tenant_id: string; role_template_id: string; principal_id: string; assigned_at: Instant }
  app_role_assignment: {
    id: string
    tenant_id: string
    principal_id: string
    app_role_id: string
    created_at: Instant
  }

  role_definition: {
    id: string
    tenant_id: string
    role_name: string
    description: string
    permissions: Json<RolePermission[]>
    assignable_scopes: Json<string[]>
    created_at: Instant
    created_by: string
    updated_at: Instant
    revision: Revision
  }
  role_assignment: {
    id: string
    tenant_id: string
    scope: string
    scope_key: string
    subscription_id: string | null
    role_definition_id: string
    principal_id: string
    principal_type: 'User' | 'Group' | 'ServicePrincipal' | 'ForeignGroup'
    description: string | null
    created_at: Instant
    created_by: string
    updated_at: Instant
    updated_by: string
    revision: Revision
  }
  policy_definition: {
    scope_key: string
    name: string
    name_key: string
    tenant_id: string
    properties: Json<Record<string, unknown>>
    created_at: Instant
    created_by: string
    updated_at: Instant
    revision: Revision
  }
  policy_assignment: {
    scope: string
    scope_key: string
    subscription_id: string
    name: string
    name_key: string
    policy_definition_id: string
    location: string | null
    properties: Json<Record<string, unknown>>
    created_at: Instant
    created_by: string
    updated_at: Instant
    revision: Revision
  }

  subscription: {
    id: string
    display_name: string
    state: 'Active' | 'Warned' | 'PastDue' | 'Disabled' | 'Expired' | 'Deleted' | 'Suspended'
    offer: 'direct' | 'trial' | 'partner' | 'sharedServices'
    workload: ColumnType<'Production' | 'DevTest', 'Production' | 'DevTest' | undefined, 'Production' | 'DevTest'>
    tags: ColumnType<Record<string, string>, string | undefined, string>
    created_at: Instant
    created_by: string
    cancelled_at: NullableInstant
    deleted_at: NullableInstant
    revision: Revision
  }
  subscription_directory: { subscription_id: string; during: Period; tenant_id: string }
  subscription_alias: {
    tenant_id: string
    name: string
    name_key: string
    subscription_id: string
    billing_scope: string | null
    workload: string | null
    created_at: Instant
    created_by: string
  }
  provider_registration: {
    subscription_id: string
    namespace: string
    namespace_key: string
    state: ColumnType<'Registered' | 'Unregistered', string | undefined, string>
  }
  subscription_cancellation: { subscription_id: string; during: Period }
  resource_group: {
    subscription_id: string
    name: string
    name_key: string
    location: string
    managed_by: string | null
    tags: ColumnType<Record<string, string>, string | undefined, string>
    locked_by: string | null
    created_at: Instant
    changed_at: Instant
    revision: Revision
  }
  resource: {
    uid: string
    subscription_id: string
    resource_group_key: string
    type: string
    type_key: string
    name: string
    name_key: string
    location: string
    kind: string | null
    sku: Json<Record<string, unknown>> | null
    plan: Json<Record<string, unknown>> | null
    identity: Json<Record<string, unknown>> | null
    managed_by: string | null
    tags: ColumnType<Record<string, string>, string | undefined, string>
    properties: ColumnType<Record<string, unknown>, string | undefined, string>
    created_at: Instant
    created_by: Json<{ id: string; name: string; type: 'User' | 'Application' }>
    changed_at: Instant
    changed_by: Json<{ id: string; name: string; type: 'User' | 'Application' }>
    deleted_at: NullableInstant
    revision: Revision
  }
  resource_placement: { resource_uid: string; during: Period; subscription_id: string; resource_group_key: string }
  identity_link: { identity_tenant_id: string; during: Period; link_id: string; subscription_id: string }
  metering_model: { link_id: string; during: Period; model: 'perAuthentication' | 'mau'; decided_by: string }

  billing_account: {
    name: string
    tenant_id: string
    display_name: string
    agreement_type:
      | 'MicrosoftCustomerAgreement'
      | 'MicrosoftOnlineServicesProgram'
      | 'EnterpriseAgreement'
      | 'MicrosoftPartnerAgreement'
    account_type: 'Enterprise' | 'Individual' | 'Partner'
    account_status: ColumnType<'Active' | 'Disabled' | 'Deleted', string | undefined, string>
    currency: string
    country_code: string
    sold_to: ColumnType<Record<string, string>, string | undefined, string>
    notification_email: string | null
    created_at: Instant
    created_by: string
    revision: Revision
  }
  billing_profile: {
    name: string
    billing_account_name: string
    display_name: string
    currency: string
    country_code: string
    language: ColumnType<string, string | undefined, string>
    bill_to: ColumnType<Record<string, string>, string | undefined, string>
    po_number: string | null
    invoice_email_opt_in: ColumnType<boolean, boolean | undefined, boolean>
    invoice_recipients: ColumnType<string[], string | undefined, string>
    status: ColumnType<string, string | undefined, string>
    tax_rate: Numeric | null
    reverse_charge: ColumnType<boolean, boolean | undefined, boolean>
    buyer_tax_id: string | null
    system_id: string
    tags: ColumnType<Record<string, string>, string | undefined, string>
    purchase_policies: ColumnType<Record<string, string>, string | undefined, string>
    enabled_plans: ColumnType<{ skuId: string; skuDescription: string }[], string | undefined, string>
    created_at: Instant
    created_by: string
    revision: Revision
  }
  invoice_section: {
    name: string
    billing_profile_name: string
    display_name: string
    state: ColumnType<string, string | undefined, string>
    system_id: string
    labels: ColumnType<Record<string, string>, string | undefined, string>
    tags: ColumnType<Record<string, string>, string | undefined, string>
    is_hidden: ColumnType<boolean, boolean | undefined, boolean>
    created_at: Instant
    created_by: string
    revision: Revision
  }
  billing_placement: {
    id: Generated<bigint>
    subscription_id: string
    during: Period
    billing_profile_name: string
    invoice_section_name: string | null
    customer_name: string | null
  }
  billing_role_assignment: {
    name: string
    billing_account_name: string
    scope: string
    scope_key: string
    role_definition_name: string
    principal_tenant_id: string
    principal_id: string
    created_at: Instant
    created_by: string
  }
  seller: { version: number; effective_from: Instant; details: Json<Record<string, unknown>>; created_at: Instant }
  price_list: { name: string; display_name: string; currency: string; created_at: Instant; revision: Revision }
  price_list_version: {
    price_list_name: string
    version: number
    during: Period
    prices: Json<unknown[]>
    created_at: Instant
  }
  price_list_assignment: { billing_profile_name: string; during: Period; price_list_name: string }

  sign_up: {
    name: string
    billing_account_name: string
    billing_profile_name: string
    invoice_section_name: string
    owner_id: string
    wanted: Json<unknown>
    created_at: Instant
  }
  billing_subscription: { subscription_id: string; cost_center: string | null }
  exchange_rate: {
    period: string
    from_currency: string
    to_currency: string
    rate: Numeric
    day: string
    created_at: Instant
  }
}

export interface RolePermission {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}
