import type { Line } from '../scenario-file.ts'
import { b2c, bare, customers, domain, link, ours, policies, refused, role } from './names.ts'

export const linking: Line[] = [
  { note: 'Step 1: the link, and everything that stands in its way.', rules: ['MAU-4'] },
  {
    as: 'olivia',
    do: `GET /providers/Microsoft.AzureActiveDirectory/b2ctenants?${b2c}`,
    expect: { status: 200, body: { value: [{ name: domain, properties: { tenantId: customers } }] } },
    note: 'The tenants that Olivia could link: those she administers and that have no link.',
    rules: ['MAU-5'],
  },
  {
    as: 'carl',
    do: `GET /providers/Microsoft.AzureActiveDirectory/b2ctenants?${b2c}`,
    expect: { status: 200, body: { value: [] } },
  },
  {
    as: 'rita',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'AuthorizationFailed'),
    note: 'Rita has no role; the answer names the roles that may link.',
  },
  role('rita', 'production', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', '0b5c1f5e-0000-4000-8000-000000000002'),
  {
    as: 'rita',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'AuthorizationFailed'),
    note: 'As a Reader she sees the subscription, and still may not link.',
    rules: ['DEC-13'],
  },
  {
    as: 'carl',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'NotIdentityTenantAdministrator'),
    note: 'Carl may write in the subscription, but a role there does not make him administrator of the identity tenant.',
    rules: ['MAU-4'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('cancelled')}?${b2c}`,
    body: bare,
    expect: refused(409, 'SubscriptionNotActive'),
    note: 'Only an Active subscription can be charged.',
    rules: ['SUB-6'],
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions?${policies}`,
    body: {
      properties: {
        mode: 'All',
        displayName: 'Only our regions',
        parameters: { allowed: { type: 'Array' } },
        policyRule: {
          if: { not: { field: 'location', in: "[parameters('allowed')]" } },
          // oxlint-disable-next-line unicorn/no-thenable
          then: { effect: 'deny' },
        },
      },
    },
    expect: { status: 201 },
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyAssignments/our-regions?${policies}`,
    body: {
      properties: {
        policyDefinitionId:
          '/subscriptions/${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions',
        parameters: { allowed: { value: ['swedencentral', 'westeurope'] } },
      },
    },
    expect: { status: 201 },
    note: 'A regional restriction of the company.',
  },
  {
    as: 'olivia',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: refused(403, 'RequestDisallowedByPolicy'),
    note: 'It judges the link by where the tenant keeps its data, Europe, which is no region. The refusal names the policy, the locations and the cure.',
    rules: ['SUB-12', 'SUB-13', 'DEC-14', 'DEC-15'],
  },
  {
    as: 'olivia',
    do: `PUT /subscriptions/\${production}/providers/Microsoft.Authorization/policyAssignments/our-regions?${policies}`,
    body: {
      properties: {
        policyDefinitionId:
          '/subscriptions/${production}/providers/Microsoft.Authorization/policyDefinitions/our-regions',
        parameters: { allowed: { value: ['swedencentral', 'westeurope', 'Europe'] } },
      },
    },
    expect: { status: [200, 201] },
    note: 'The cure: relax the restriction.',
    rules: ['SUB-13'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('production')}?${b2c}`,
    body: bare,
    expect: {
      status: 201,
      body: {
        name: domain,
        location: 'Europe',
        properties: {
          tenantId: customers,
          billingConfig: { billingType: 'Auths', effectiveStartDateUtc: '2019-10-01T08:00:00.000Z' },
        },
      },
    },
    note: 'Linked before 2019-11-01, so billed per authentication.',
    rules: ['MAU-2', 'MAU-6', 'MAU-11'],
  },
  {
    as: 'olivia',
    do: `PUT ${link('production', 'second')}?${b2c}`,
    body: bare,
    expect: refused(409, 'IdentityTenantAlreadyLinked'),
    note: 'A tenant has one link at a time. Olivia may read it, so she is told where it is.',
    rules: ['MAU-3'],
  },
  {
    as: 'olivia',
    do: `GET /providers/Tenantry.Metering/linkableTenants?${ours}`,
    expect: {
      status: 200,
      body: { value: [{ properties: { domainName: domain, reasons: [{ code: 'IdentityTenantAlreadyLinked' }] } }] },
    },
    note: 'Why the tenant is no longer in the list.',
    rules: ['MAU-5'],
  },
]
