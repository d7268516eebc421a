import { type Browser, newBrowser } from '../../providers/login/browser.ts'
import { codeFor, newApplication, redeem, withCode } from '../../providers/login/sign-in-fixture.ts'
import type { Person } from '../../providers/Microsoft.AzureActiveDirectory/identity-cloud.ts'
import type { Sent, Stage, Success } from '../stage.ts'

export const password = 'correct horse battery'
/** Azure's command line, a program that may use devices. */
const commandLine = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

/** A form of ours as a browser sends it. */
export const asSubmitted = (
  stage: Stage,
  path: string,
  fields: Record<string, string>,
  browser: Browser = newBrowser(stage.cloud),
): Sent => ({
  as: stage.cloud.as(undefined),
  path,
  headers: {
    'sec-fetch-site': 'same-origin',
    origin: stage.cloud.baseUrl,
    ...(browser.cookies.size === 0
      ? {}
      : { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
  },
  body: new URLSearchParams(fields),
})

async function signedIn(stage: Stage): Promise<{ browser: Browser; person: Person }> {
  const [browser, person] = [newBrowser(stage.cloud), await stage.user()]
  await browser.signIn(person.userPrincipalName, password)
  for (const value of browser.cookies.values()) stage.secrets.add(value)
  return { browser, person }
}

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

const device = (stage: Stage) => ({
  as: stage.cloud.as(undefined),
  path: `/${stage.customer.tenant.id}/oauth2/v2.0/devicecode`,
  body: new URLSearchParams({ client_id: commandLine, scope: 'openid https://management.azure.com/.default' }),
})

async function waitingDevice(stage: Stage): Promise<string> {
  const { as, path, body } = device(stage)
  const started = (await stage.did(as.post(path, body))).body
  stage.secrets.add(started.device_code)
  return started.user_code
}

/** Signing in, which changes no graph, but for a password that its owner changes. */
export const signInSuccesses: Readonly<Record<string, Success>> = {
  'login.Login_SignIn': async (stage) => ({
    ...asSubmitted(stage, '/login', {
      userName: (await stage.user()).userPrincipalName,
      password,
      returnTo: '/account',
      tenant: '',
    }),
    status: 303,
  }),
  'login.Login_ChangePassword': async (stage) => {
    const newPassword = 'a longer horse battery'
    stage.secrets.add(newPassword)
    return {
      ...asSubmitted(stage, '/login/password', {
        userName: (await stage.user()).userPrincipalName,
        password,
        newPassword,
        repeated: newPassword,
        returnTo: '/account',
        tenant: '',
      }),
      status: 303,
    }
  },
  'logout.Login_SignOut': async (stage) => asSubmitted(stage, '/logout', {}, (await signedIn(stage)).browser),
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
  'oauth2.Login_DeviceCode': device,
  'oauth2.Login_DeviceCodeV1': (stage) => ({
    as: stage.cloud.as(undefined),
    path: `/${stage.customer.tenant.id}/oauth2/devicecode`,
    body: device(stage).body,
  }),
  'devicelogin.Login_EnterDeviceCode': async (stage) => {
    const { browser } = await signedIn(stage)
    const fields = { user_code: await waitingDevice(stage) }
    return { ...asSubmitted(stage, '/devicelogin', fields, browser), says: 'Azure CLI' }
  },
  'devicelogin.Login_AnswerDevice': async (stage) => {
    const { browser } = await signedIn(stage)
    const fields = { user_code: await waitingDevice(stage), answer: 'allow' }
    return { ...asSubmitted(stage, '/devicelogin/answer', fields, browser), says: 'The device is signed in' }
  },
  'oidc.Login_PostUserInfo': async (stage) => {
    const { browser } = await signedIn(stage)
    const tenantId = stage.customer.tenant.id
    const { appId } = await newApplication({ administrator: stage.owner })
    const code = await codeFor(browser, tenantId, appId, { scope: 'openid profile' })
    const tokens = await stage.did(redeem(stage.cloud, tenantId, withCode(appId, code)))
    stage.secrets.add(tokens.body.access_token)
    return { as: stage.cloud.as(tokens.body.access_token), path: '/oidc/userinfo' }
  },
}
