import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { Reply, TestCloud } from '../../support/cloud.ts'
import { type NewTenant, password } from '../graph/new-tenant.ts'
import type { Browser } from './browser.ts'

export const verifier = 'a-verifier-of-at-least-forty-three-characters-0'
export const challenge = createHash('sha256').update(verifier).digest('base64url')
export const redirectUri = 'http://localhost/signed-in'
export const webRedirectUri = 'https://app.example/signed-in'
export const scope = 'openid profile offline_access https://management.azure.com/.default'

export interface NewApplication {
  readonly appId: string
  readonly objectId: string
  readonly secret: string
}

/** An application that may sign in as a server, as a program and by device code; an administrator has let it in. */
export async function newApplication(
  tenant: Pick<NewTenant, 'administrator'>,
  properties: Record<string, unknown> = {},
): Promise<NewApplication> {
  const application = await newStrangeApplication(tenant, properties)
  const letIn = await tenant.administrator.post('/v1.0/servicePrincipals', { appId: application.appId })
  expect(letIn.status, JSON.stringify(letIn.body)).toBe(201)
  return application
}

/** The same, which no administrator has let in. */
export async function newStrangeApplication(
  tenant: Pick<NewTenant, 'administrator'>,
  properties: Record<string, unknown> = {},
): Promise<NewApplication> {
  const reply = await tenant.administrator.post('/v1.0/applications', {
    displayName: 'Ledger',
    web: { redirectUris: [webRedirectUri] },
    publicClient: { redirectUris: [redirectUri] },
    isFallbackPublicClient: true,
    ...properties,
  })
  expect(reply.status, JSON.stringify(reply.body)).toBe(201)
  const secret = await tenant.administrator.post(`/v1.0/applications/${reply.body.id}/addPassword`, {})
  return { appId: reply.body.appId, objectId: reply.body.id, secret: secret.body.secretText }
}

export const authorizePath = (tenant: string, parameters: Record<string, string | undefined>): string => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(given).toString()}`
}

export const request = (clientId: string, more: Record<string, string | undefined> = {}) => ({
  client_id: clientId,
  response_type: 'code',
  redirect_uri: redirectUri,
  scope,
  state: 'the state',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  ...more,
})

/** The parameters that an application gets back. */
export function answerIn(reply: Reply): URLSearchParams {
  expect(reply.status, JSON.stringify(reply.body)).toBe(302)
  return new URL(reply.headers.location ?? '').searchParams
}

export async function codeFor(
  browser: Browser,
  tenant: string,
  clientId: string,
  more: Record<string, string | undefined> = {},
): Promise<string> {
  const answer = answerIn(await browser.open(authorizePath(tenant, request(clientId, more))))
  const code = answer.get('code')
  if (code === null) throw new Error(`no code: ${answer.toString()}`)
  return code
}

export const redeem = (
  cloud: TestCloud,
  tenant: string,
  fields: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return cloud.as(undefined).post(`/${tenant}/oauth2/v2.0/token`, new URLSearchParams(given), headers)
}

export const withCode = (clientId: string, code: string, more: Record<string, string | undefined> = {}) => ({
  grant_type: 'authorization_code',
  client_id: clientId,
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
  ...more,
})

export const withRefreshToken = (clientId: string, refreshToken: string, more: Record<string, string> = {}) => ({
  grant_type: 'refresh_token',
  client_id: clientId,
  refresh_token: refreshToken,
  ...more,
})

export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

/** A guest of `host` who is at home in `home`, as an accepted invitation leaves them. */
export async function newGuest(
  cloud: TestCloud,
  home: NewTenant,
  host: NewTenant,
  name: string,
  state: 'Accepted' | 'PendingAcceptance' = 'Accepted',
): Promise<{ homeId: string; guestId: string; userName: string; password: string }> {
  const { id: homeId } = await home.newUser(name)
  const { id: guestId } = await host.newUser(`${name}-guest`, { userType: 'Guest' })
  await cloud.running.pool.query(
    `update user_account set home_tenant_id = $1, home_object_id = $2, external_user_state = $3,
       external_user_state_changed_at = (select created_at from principal where id = $4), account_class = 'guest',
       password_hash = null, user_principal_name = $5
     where id = $4`,
    [home.id, homeId, state, guestId, `${name}_${home.domain}#EXT#@${host.domain}`],
  )
  return { homeId, guestId, userName: `${name}@${home.domain}`, password }
}
