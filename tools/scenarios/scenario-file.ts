import { writeFileSync } from 'node:fs'

export interface Request {
  readonly at?: string
  readonly as?: string
  readonly do: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly expect?: { readonly status?: number | readonly number[]; readonly body?: unknown }
  readonly save?: Record<string, string>
  readonly note?: string
  readonly rules?: readonly string[]
}

export type Line =
  | Request
  | { readonly note: string; readonly rules?: readonly string[] }
  | {
      readonly principal:
        | { readonly name: string; readonly tenantId: string; readonly userId: string }
        | { readonly name: string; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
    }

/** Paragraphs of lines, parted by blank ones. */
export function renderScenario(paragraphs: readonly (readonly Line[])[]): string {
  return `${paragraphs.map((lines) => lines.map((line) => JSON.stringify(line)).join('\n')).join('\n\n')}\n`
}

export function writeScenario(name: string, paragraphs: readonly (readonly Line[])[]): void {
  writeFileSync(new URL(`../../examples/${name}.scenario.jsonl`, import.meta.url), renderScenario(paragraphs))
}

/** `prefix-001` … */
export const users = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(3, '0')}`)

/** One batch of sign-ins, all at one instant; repeated, it is a batch of duplicates. */
export function signIns(
  as: string,
  tenantId: string,
  names: readonly string[],
  time: string,
  more: Omit<Request, 'do' | 'as' | 'body' | 'headers'> & { readonly outcome?: 'accepted' | 'duplicate' },
): Request {
  const { outcome = 'accepted', ...rest } = more
  return {
    ...rest,
    as,
    do: 'POST /events',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: names.map((name) => ({
      specversion: '1.0',
      type: 'tenantry.authentication.v1',
      source: '/sign-ins',
      id: `${time.slice(0, 10)}/${name}`,
      time,
      subject: name,
      data: { tenantId, kind: 'interactiveSignIn' },
    })),
    expect: { status: 200, body: [{ index: names.length - 1, status: outcome }] },
  }
}

/** What every scenario with an identity tenant needs: an application that may report its sign-ins. */
export function reporterOf(administrator: string, tenantId: string, name: string): Line[] {
  const meteringAppId = '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c00'
  return [
    {
      as: administrator,
      do: 'POST /v1.0/applications',
      body: { displayName: `Sign-in log of ${name}` },
      expect: { status: 201 },
      save: { [`${name}AppId`]: 'appId', [`${name}AppObjectId`]: 'id' },
      note: 'The application that will report the sign-ins of the identity tenant.',
    },
    {
      as: administrator,
      do: `POST /v1.0/applications/\${${name}AppObjectId}/addPassword`,
      body: { passwordCredential: { displayName: 'reporter' } },
      expect: { status: 200 },
      save: { [`${name}Secret`]: 'secretText' },
    },
    {
      as: administrator,
      do: 'POST /v1.0/servicePrincipals',
      body: { appId: `\${${name}AppId}` },
      expect: { status: 201 },
      save: { [`${name}PrincipalId`]: 'id' },
    },
    {
      as: administrator,
      do: `GET /v1.0/servicePrincipals(appId='${meteringAppId}')`,
      expect: { status: 200 },
      save: { [`${name}MeteringId`]: 'id', [`${name}RoleId`]: 'appRoles.0.id' },
    },
    {
      as: administrator,
      do: `POST /v1.0/servicePrincipals/\${${name}PrincipalId}/appRoleAssignments`,
      body: {
        principalId: `\${${name}PrincipalId}`,
        resourceId: `\${${name}MeteringId}`,
        appRoleId: `\${${name}RoleId}`,
      },
      expect: { status: 201 },
      note: 'The tenant lets the application report: nobody else can send its sign-ins.',
    },
    {
      principal: {
        name: `${name}-reporter`,
        tenantId,
        clientId: `\${${name}AppId}`,
        clientSecret: `\${${name}Secret}`,
      },
    },
  ]
}

const ours = 'api-version=2026-11-01'

/** The end of a month: what the invoice would be, the run, and the invoice as it went out, kept as a statement. */
export function billedMonth(wanted: {
  readonly as: string
  readonly period: string
  /** The name under which the id of the payer's profile was saved. */
  readonly profile?: string
  /** The instant of the run, after the month's grace. */
  readonly at: string
  readonly title: string
  /** What the document has to say. */
  readonly document: object
  readonly note: string
  readonly rules: readonly string[]
}): Line[] {
  const { as, period, profile = 'profile', at, title, document, note, rules } = wanted
  const day = at.slice(0, 10)
  return [
    {
      at,
      as,
      do: `POST /\${${profile}}/providers/Tenantry.Billing/preview?${ours}`,
      body: { properties: { period } },
      expect: { status: 200, body: { properties: { estimated: true, document } } },
      note: 'The invoice as it would be: made by the same code, to the same bytes but for its number and date.',
      rules: ['INV-3'],
    },
    {
      do: `PUT /providers/Tenantry.Billing/invoiceRuns/${period}?${ours}`,
      body: {},
      expect: { status: 200, body: { properties: { provisioningState: 'Succeeded', parked: [] } } },
      note: 'The month is closed when its 72 hours of grace are over, and the invoices go out.',
      rules: ['INV-4', 'DEC-8'],
    },
    {
      as,
      do: `GET /\${${profile}}/invoices?api-version=2020-05-01&periodStartDate=${day}&periodEndDate=${day}`,
      expect: { status: 200 },
      save: { [`invoice-${period}`]: 'value.0.name' },
    },
    {
      as,
      do: `GET /providers/Tenantry.Billing/invoices/\${invoice-${period}}?${ours}`,
      expect: { status: 200, body: { properties: { period, document } } },
      save: { [`statement: ${title}`]: 'properties.document' },
      note,
      rules,
    },
  ]
}
