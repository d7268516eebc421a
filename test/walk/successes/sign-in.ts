import type { Stage, Success } from '../stage.ts'

const fromPage = (stage: Stage) => ({ 'sec-fetch-site': 'same-origin', origin: stage.cloud.baseUrl })

const clientCredentials = (stage: Stage) => {
  const { clientId, clientSecret } = stage.cloud.running.operator
  stage.secrets.add(clientSecret)
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${stage.cloud.baseUrl}/.default`,
  })
}

/** Signing in, which changes no graph. */
export const signInSuccesses: Readonly<Record<string, Success>> = {
  'login.Login_SignIn': async (stage) => ({
    as: stage.cloud.as(undefined),
    path: '/login',
    headers: fromPage(stage),
    body: new URLSearchParams({
      userName: (await stage.user()).userPrincipalName,
      password: 'correct horse battery',
      returnTo: '/account',
      tenant: '',
    }),
  }),
  'oauth2.Login_Token': (stage) => ({
    as: stage.cloud.as(undefined),
    path: `/${stage.cloud.running.operator.tenantId}/oauth2/v2.0/token`,
    body: clientCredentials(stage),
  }),
  'oauth2.Login_TokenV1': (stage) => ({
    as: stage.cloud.as(undefined),
    path: `/${stage.cloud.running.operator.tenantId}/oauth2/token`,
    body: new URLSearchParams([...clientCredentials(stage), ['resource', stage.cloud.baseUrl]]),
  }),
}
