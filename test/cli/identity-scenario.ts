import { meteringEventsWrite, meteringResource } from '../../src/domain/directory/app-roles.ts'

export const tenantId = '5f7a3f0e-52a4-4c52-9d8e-0b8a2f5a1c01'

/** An identity tenant, its administrator, and an application that may report its sign-ins. */
export const identityScenario = [
  { note: 'An identity tenant with its administrator.' },
  {
    at: '2026-03-01T08:00:00Z',
    do: `PUT /providers/Tenantry.Directory/tenants/${tenantId}?api-version=2026-11-01`,
    body: {
      properties: {
        displayName: 'Contoso customers',
        kind: 'identity',
        countryCode: 'SE',
        initialDomainLabel: 'contosocustomers',
        administrator: { displayName: 'Ada' },
      },
    },
    expect: { status: 201, body: { properties: { kind: 'identity' } } },
    save: { administrator: 'properties.administrator.objectId' },
  },
  { principal: { name: 'ada', tenantId, userId: '${administrator}' } },
  {
    as: 'ada',
    do: 'POST /v1.0/applications',
    body: { displayName: 'reporter' },
    save: { appId: 'appId', application: 'id' },
  },
  {
    as: 'ada',
    do: 'POST /v1.0/applications/${application}/addPassword',
    body: { passwordCredential: {} },
    save: { secret: 'secretText' },
  },
  {
    as: 'ada',
    do: 'POST /v1.0/servicePrincipals',
    body: { appId: '${appId}' },
    expect: { status: 201 },
    save: { principal: 'id' },
  },
  {
    as: 'ada',
    do: 'POST /v1.0/servicePrincipals/${principal}/appRoleAssignments',
    body: {
      principalId: '${principal}',
      resourceId: meteringResource.servicePrincipalId,
      appRoleId: meteringEventsWrite.id,
    },
    expect: { status: 201 },
  },
]

export const toFile = (lines: readonly unknown[]): string => lines.map((line) => JSON.stringify(line)).join('\n')

export function signIn(id: string, user: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    type: 'tenantry.authentication.v1',
    source: '/sign-ins',
    id,
    time: '2026-03-01T07:00:00Z',
    subject: user,
    data: { tenantId, kind: 'interactiveSignIn' },
    ...more,
  }
}
