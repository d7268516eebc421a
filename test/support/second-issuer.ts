import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpsRequest } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Provider } from 'oidc-provider'
import { systemRandom } from '../../src/adapters/random.ts'
import { ensureServerCertificate } from '../../src/adapters/tls.ts'
import { wallClock } from '../../src/adapters/wall-clock.ts'

export interface IssuerAccount {
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}

export interface SecondIssuer {
  readonly issuer: string
  readonly metadataUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** By subject. */
  readonly accounts: Map<string, IssuerAccount>
  /** Publishes other keys than it signs with. */
  publishOtherKeys(isOther: boolean): void
  /** What a person there does: signs in and consents. Gives where the browser is sent. */
  signIn(address: string, subject: string): Promise<string>
  /** The person says no. */
  refuse(address: string): Promise<string>
  stop(): Promise<void>
}

const newKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  use: 'sig',
  alg: 'RS256',
})

/** An OpenID provider of somebody else, over TLS, with a certificate and accounts of its own. */
export async function startSecondIssuer(redirectUri: string): Promise<SecondIssuer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-issuer-'))
  const certificate = await ensureServerCertificate({ dataDir, hostNames: [], clock: wallClock, random: systemRandom })
  setDefaultCACertificates([...getCACertificates('default'), certificate.caPem])
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const accounts = new Map<string, IssuerAccount>()
  const [clientId, clientSecret] = ['tenantry', 'the secret of the second issuer']
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...accounts.get(id) }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: [randomUUID()] },
    jwks: { keys: [newKey()] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  })
  const answer = provider.callback()
  const { kid, n, e } = newKey()
  const otherKey = { kid, n, e, kty: 'RSA', use: 'sig', alg: 'RS256' }
  let isOther = false
  server.on('request', (request, response) => {
    if (!isOther || request.url !== '/jwks') return void answer(request, response)
    response.setHeader('content-type', 'application/jwk-set+json')
    response.end(JSON.stringify({ keys: [otherKey] }))
  })
  return {
    issuer,
    metadataUrl: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    accounts,
    publishOtherKeys(value) {
      isOther = value
    },
    signIn: (address, subject) => visit(issuer, address, subject),
    refuse: (address) => visit(issuer, address, undefined),
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A browser at the issuer: it fills in what it is asked until it is sent elsewhere. */
async function visit(issuer: string, address: string, subject: string | undefined): Promise<string> {
  const cookies = new Map<string, string>()
  const send = async (url: URL, form?: URLSearchParams): Promise<Answer> => {
    const answer = await exchange(url, [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), form)
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (pair.slice(at + 1) === '') cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
  let url = new URL(address)
  let answer = await send(url)
  for (let step = 0; step < 12; step++) {
    const { location } = answer.headers
    if (location !== undefined) {
      url = new URL(location, issuer)
      if (url.origin !== issuer) return url.href
      answer = await send(url)
      continue
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(answer.body)?.[1]
    if (answer.status !== 200 || prompt === undefined)
      throw new Error(`${answer.status} at ${url.href}: ${answer.body}`)
    if (subject === undefined) {
      url = new URL(`${url.pathname}/abort`, issuer)
      answer = await send(url)
    } else answer = await send(url, new URLSearchParams({ prompt, login: subject, password: 'any' }))
  }
  throw new Error('the issuer leads in a circle')
}

function exchange(url: URL, cookie: string, form: URLSearchParams | undefined): Promise<Answer> {
  return new Promise((done, fail) => {
    const headers = {
      ...(cookie === '' ? {} : { cookie }),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    }
    const call = httpsRequest(url, { method: form ? 'POST' : 'GET', headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('error', fail)
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    call.on('error', fail)
    call.end(form?.toString())
  })
}
