import type { Line, Request } from '../scenario-file.ts'

export const contoso = 'c0a70500-1111-4000-8000-000000000001'
export const fabrikam = 'fab71ca0-1111-4000-8000-000000000002'
export const customers = 'c0a70500-2222-4000-8000-000000000003'
export const domain = 'contosocustomers.onmicrosoft.com'
export const ours = 'api-version=2026-11-01'
export const b2c = 'api-version=2021-04-01'
export const resources = 'api-version=2025-04-01'
export const policies = 'api-version=2021-06-01'

export const link = (of: string, group = 'identity'): string =>
  `/subscriptions/\${${of}}/resourceGroups/${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domain}`
export const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }
export const billingConfig = (billingType: string, effectiveStartDateUtc?: string) => ({
  properties: { billingConfig: { billingType, ...(effectiveStartDateUtc && { effectiveStartDateUtc }) } },
})
export const refused = (status: number, code: string, more: object = {}) => ({
  status,
  body: { error: { code, ...more } },
})
export const role = (who: string, of: string, definition: string, name: string): Request => ({
  as: 'olivia',
  do: `PUT /subscriptions/\${${of}}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`,
  body: {
    properties: {
      roleDefinitionId: `/subscriptions/\${${of}}/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
      principalId: `\${${who}Id}`,
      principalType: 'User',
    },
  },
  expect: { status: 201 },
})
export const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

export function subscription(as: string, name: string, section: string): Line[] {
  return [
    {
      as,
      do: `PUT /providers/Microsoft.Subscription/aliases/${name}?api-version=2021-10-01`,
      body: { properties: { displayName: name, workload: 'Production', billingScope: `\${${section}}` } },
      expect: { status: 201 },
      save: { [name]: 'properties.subscriptionId' },
    },
    {
      as,
      do: `PUT /subscriptions/\${${name}}/resourceGroups/identity?${resources}`,
      body: { location: 'westeurope' },
      expect: { status: 201 },
    },
  ]
}

export function person(name: string, displayName: string): Line[] {
  return [
    {
      as: 'olivia',
      do: 'POST /v1.0/users',
      body: {
        accountEnabled: true,
        displayName,
        mailNickname: name,
        userPrincipalName: `${name}@contoso.onmicrosoft.com`,
        passwordProfile: { password: 'correct horse battery staple' },
      },
      expect: { status: 201 },
      save: { [`${name}Id`]: 'id' },
    },
    { principal: { name, tenantId: contoso, userId: `\${${name}Id}` } },
  ]
}
