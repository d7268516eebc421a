import type { RoleDefinition, RolePermission } from './role-definition.ts'

const role = (id: string, name: string, description: string, permission: Partial<RolePermission>): RoleDefinition => ({
  id,
  name,
  description,
  isBuiltIn: true,
  permissions: [{ actions: [], notActions: [], dataActions: [], notDataActions: [], ...permission }],
  assignableScopes: ['/'],
})

export const roleIds = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  resourcePolicyContributor: '36243c78-bf99-498c-9df9-86d9f8d28608',
  billingReader: 'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
  costManagementReader: '72fafb9e-0641-4937-9268-a91bfd8191a3',
  costManagementContributor: '434105ed-43f6-45c7-a02f-909b2ba83430',
  supportRequestContributor: 'cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e',
  tagContributor: '4a9ae827-6dc8-4573-8ac7-8239d42aa03f',
  stackRegistrationOwner: '6f12a6df-dd06-4f3e-bcb1-ce8be600526a',
  usagePublisher: '47ffdeb9-5119-4dd8-94ae-155be3049f6f',
} as const

/** What only an Owner does, whatever else a role may do: leave the bill, change directory or the billing model (SUB-7, SUB-18, MAU-22). */
const ownerOnly = [
  'Microsoft.Subscription/cancel/action',
  'Microsoft.Subscription/enable/action',
  'Microsoft.Subscription/delete',
  'Microsoft.Subscription/changeTenant*',
  'Microsoft.AzureActiveDirectory/b2cDirectories/changeBillingModel/action',
]

/** The built-in resource roles (ACC-2) under Azure's published ids, and *Usage Publisher*, which is ours. */
export const builtInRoles: readonly RoleDefinition[] = [
  role(roleIds.owner, 'Owner', 'Everything, including who else has access.', { actions: ['*'] }),
  role(roleIds.contributor, 'Contributor', 'Everything except giving access and assigning policies.', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/delete',
      'Microsoft.Authorization/*/write',
      'Microsoft.Authorization/elevateAccess/action',
      ...ownerOnly,
    ],
  }),
  role(roleIds.reader, 'Reader', 'Sees everything and changes nothing.', { actions: ['*/read'] }),
  role(roleIds.userAccessAdministrator, 'User Access Administrator', 'Decides who else has access.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    // SUB-10: policies are assigned by Owner and Resource Policy Contributor only.
    notActions: ['Microsoft.Authorization/policy*/write', 'Microsoft.Authorization/policy*/delete'],
  }),
  role(roleIds.resourcePolicyContributor, 'Resource Policy Contributor', 'Defines and assigns policies.', {
    actions: [
      '*/read',
      'Microsoft.Authorization/policyAssignments/*',
      'Microsoft.Authorization/policyDefinitions/*',
      'Microsoft.Authorization/policyExemptions/*',
      'Microsoft.Authorization/policySetDefinitions/*',
      'Microsoft.PolicyInsights/*',
      'Microsoft.Support/*',
    ],
  }),
  role(roleIds.billingReader, 'Billing Reader', 'Sees billing data of the subscription.', {
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Billing/*/read',
      'Microsoft.Commerce/*/read',
      'Microsoft.Consumption/*/read',
      'Microsoft.CostManagement/*/read',
      'Microsoft.Management/managementGroups/read',
      'Microsoft.Support/*',
    ],
  }),
  role(roleIds.costManagementReader, 'Cost Management Reader', 'Sees costs and budgets.', {
    actions: [
      'Microsoft.Billing/billingPeriods/read',
      'Microsoft.Billing/billingProperty/read',
      'Microsoft.Consumption/*/read',
      'Microsoft.CostManagement/*/read',
      'Microsoft.Management/managementGroups/read',
      'Microsoft.Resources/subscriptions/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
  }),
  role(roleIds.costManagementContributor, 'Cost Management Contributor', 'Sees costs and manages budgets.', {
    actions: [
      'Microsoft.Billing/billingPeriods/read',
      'Microsoft.Billing/billingProperty/read',
      'Microsoft.Consumption/*',
      'Microsoft.CostManagement/*',
      'Microsoft.Management/managementGroups/read',
      'Microsoft.Resources/subscriptions/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
  }),
  role(roleIds.supportRequestContributor, 'Support Request Contributor', 'Opens and manages support requests.', {
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
  }),
  role(roleIds.tagContributor, 'Tag Contributor', 'Manages tags without access to what is tagged.', {
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
      'Microsoft.Resources/subscriptions/resources/read',
      'Microsoft.Resources/tags/*',
      'Microsoft.Support/*',
    ],
  }),
  role(
    roleIds.stackRegistrationOwner,
    'Azure Stack Registration Owner',
    'Reads stack registrations and their products.',
    {
      actions: [
        'Microsoft.AzureStack/edgeSubscriptions/read',
        'Microsoft.AzureStack/registrations/products/*/action',
        'Microsoft.AzureStack/registrations/products/read',
        'Microsoft.AzureStack/registrations/read',
      ],
    },
  ),
  role(roleIds.usagePublisher, 'Usage Publisher', 'Reports usage events of the subscription or registration.', {
    dataActions: ['Tenantry.Metering/events/write'],
  }),
]

const byId = new Map(builtInRoles.map((definition) => [definition.id, definition]))
export const findBuiltInRole = (id: string): RoleDefinition | undefined => byId.get(id.toLowerCase())
