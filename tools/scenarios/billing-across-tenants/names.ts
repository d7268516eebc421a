import type { Line, Request } from '../scenario-file.ts'

export const adatum = 'ada70300-1111-4000-8000-000000000001'
export const wingtip = '31916719-1111-4000-8000-000000000002'
export const shoppers = '31916719-2222-4000-8000-000000000003'
export const litware = '117aa4e0-1111-4000-8000-000000000004'
export const shoppersDomain = 'wingtipshoppers.onmicrosoft.com'

export const ours = 'api-version=2026-11-01'
export const v2020 = 'api-version=2020-05-01'
export const v2024 = 'api-version=2024-04-01'
export const subscriptions = 'api-version=2021-10-01'
export const resources = 'api-version=2025-04-01'

export const refused = (status: number, code: string, more: object = {}) => ({
  status,
  body: { error: { code, ...more } },
})
/** A refusal under Azure's code, with the finer one among its details. */
export const refusedWith = (status: number, code: string, detail: string) =>
  refused(status, code, { details: [{ code: detail }] })

/** A new user of the tenant of `by`, who is named and signed in as `name` from then on. */
export function person(by: string, tenantId: string, domain: string, name: string, displayName: string): Line[] {
  return [
    {
      as: by,
      do: 'POST /v1.0/users',
      body: {
        accountEnabled: true,
        displayName,
        mailNickname: name,
        mail: `${name}@${domain}`,
        userPrincipalName: `${name}@${domain}`,
        passwordProfile: { password: 'correct horse battery staple' },
      },
      expect: { status: 201 },
      save: { [`${name}Id`]: 'id' },
    },
    { principal: { name, tenantId, userId: `\${${name}Id}` } },
  ]
}

export const tenant = (id: string, displayName: string, label: string, administrator: string, who: string): Line[] => [
  {
    do: `PUT /providers/Tenantry.Directory/tenants/${id}?${ours}`,
    body: {
      properties: {
        displayName,
        kind: 'workforce',
        countryCode: 'SE',
        initialDomainLabel: label,
        administrator: { displayName: administrator, userPrincipalName: `${who}@${label}.onmicrosoft.com` },
      },
    },
    expect: { status: 201 },
    save: { [`${who}Id`]: 'properties.administrator.objectId' },
  },
  { principal: { name: who, tenantId: id, userId: `\${${who}Id}` } },
]

export const signUp = (name: string, tenantId: string, owner: string, properties: object): Request => ({
  do: `PUT /providers/Tenantry.Billing/signUps/${name}?${ours}`,
  body: {
    properties: {
      tenantId,
      owner: { objectId: `\${${owner}Id}` },
      currency: 'USD',
      countryCode: 'SE',
      priceList: 'illustration',
      ...properties,
    },
  },
  expect: { status: 201 },
  save: {
    [`${name}Account`]: 'properties.billingAccountId',
    [`${name}Profile`]: 'properties.billingProfileId',
    [`${name}Section`]: 'properties.invoiceSectionId',
  },
})

export const subscription = (as: string, name: string, section: string): Request => ({
  as,
  do: `PUT /providers/Microsoft.Subscription/aliases/${name}?${subscriptions}`,
  body: { properties: { displayName: name, workload: 'Production', billingScope: `\${${section}}` } },
  expect: { status: 201 },
  save: { [name]: 'properties.subscriptionId' },
})
