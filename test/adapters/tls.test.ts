import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { systemRandom } from '../../src/adapters/random.ts'
import { ensureServerCertificate, type ServerCertificate } from '../../src/adapters/tls.ts'
import { wallClock } from '../../src/adapters/wall-clock.ts'
import { temporaryFolder, wallClockAt } from './certificate-fixture.ts'

const hostNames = ['billing.example.test', '192.0.2.7']

async function certificateIn(dataDir: string, changes: { hostNames?: string[]; now?: Date } = {}) {
  return ensureServerCertificate({
    dataDir,
    hostNames: changes.hostNames ?? hostNames,
    clock: changes.now ? wallClockAt(changes.now) : wallClock,
    random: systemRandom,
  })
}

async function serve(certificate: ServerCertificate): Promise<number> {
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (_, response) => {
    response.end('welcome')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function read(url: string, options: { ca?: string; servername?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...options, agent: false }, (response) => {
      response.setEncoding('utf8')
      response.once('data', resolve)
    })
    request.once('error', reject)
  })
}

test('D7: a client that trusts ca.pem reads over TLS by every name of the server', async () => {
  const certificate = await certificateIn(await temporaryFolder())
  const port = await serve(certificate)
  const { caPem: ca } = certificate

  expect(await read(`https://127.0.0.1:${port}/`, { ca })).toBe('welcome')
  expect(await read(`https://localhost:${port}/`, { ca })).toBe('welcome')
  expect(await read(`https://127.0.0.1:${port}/`, { ca, servername: 'billing.example.test' })).toBe('welcome')
  await expect(read(`https://127.0.0.1:${port}/`, { ca, servername: 'other.example.test' })).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
})

test('D7: a client without the local CA, or with that of another installation, refuses the server', async () => {
  const certificate = await certificateIn(await temporaryFolder())
  const stranger = await certificateIn(await temporaryFolder())
  const port = await serve(certificate)

  await expect(read(`https://127.0.0.1:${port}/`, {})).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/),
  })
  await expect(read(`https://127.0.0.1:${port}/`, { ca: stranger.caPem })).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/),
  })
})

test('D7: an unchanged Node program trusts the server through NODE_EXTRA_CA_CERTS', async () => {
  const dataDir = await temporaryFolder()
  const port = await serve(await certificateIn(dataDir))
  const program = `fetch('https://localhost:${port}/').then((reply) => reply.text()).then(console.log)`
  const trusting = { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(dataDir, 'ca.pem') } }

  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], trusting)

  expect(stdout).toBe('welcome\n')
})

test('D7: the certificates say what they may be used for', async () => {
  const certificate = await certificateIn(await temporaryFolder(), { hostNames: ['[2001:db8::7]'] })
  const ca = new X509Certificate(certificate.caPem)
  const server = new X509Certificate(certificate.certPem)

  expect(ca.ca).toBe(true)
  expect(server.ca).toBe(false)
  expect(server.checkIssued(ca)).toBe(true)
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(server.checkIP('2001:db8::7')).toBeDefined()
  expect(server.checkIP('::1')).toBeDefined()
  expect(server.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' })
})

test('S50: the keys are readable by their owner only, the CA by everybody, and nothing else is left behind', async () => {
  const dataDir = await temporaryFolder()
  await certificateIn(dataDir)

  expect(await modesIn(dataDir)).toEqual({ 'ca-key.pem': 0o600, 'ca.pem': 0o644, 'server.pem': 0o600 })
})

test('S50: two installations have different keys and serial numbers', async () => {
  const one = await certificateIn(await temporaryFolder())
  const other = await certificateIn(await temporaryFolder())

  expect(one.keyPem).not.toBe(other.keyPem)
  expect(new X509Certificate(one.caPem).serialNumber).not.toBe(new X509Certificate(other.caPem).serialNumber)
  expect(one.caPem).not.toContain('PRIVATE KEY')
})

test('a second start keeps the CA and the certificate', async () => {
  const dataDir = await temporaryFolder()

  expect(await certificateIn(dataDir)).toEqual(await certificateIn(dataDir))
})

test('near its end the server certificate is renewed under the same CA', async () => {
  const dataDir = await temporaryFolder()
  const first = await certificateIn(dataDir, { now: new Date('2026-01-01T00:00:00Z') })
  const early = await certificateIn(dataDir, { now: new Date('2026-10-30T00:00:00Z') })
  const renewed = await certificateIn(dataDir, { now: new Date('2026-11-10T00:00:00Z') })

  expect(early.certPem).toBe(first.certPem)
  expect(renewed.certPem).not.toBe(first.certPem)
  expect(renewed.caPem).toBe(first.caPem)
  expect(new X509Certificate(renewed.certPem).validToDate).toEqual(new Date('2027-11-10T00:00:00Z'))
})

test('a changed host name brings a new certificate; the order of names does not', async () => {
  const dataDir = await temporaryFolder()
  const first = await certificateIn(dataDir, { hostNames: ['a.example.test', '2001:db8::7'] })
  const reordered = await certificateIn(dataDir, { hostNames: ['[2001:DB8:0::7]', 'A.example.test', 'localhost'] })
  const changed = await certificateIn(dataDir, { hostNames: ['b.example.test'] })

  expect(reordered.certPem).toBe(first.certPem)
  expect(new X509Certificate(changed.certPem).checkHost('b.example.test')).toBe('b.example.test')
  expect(new X509Certificate(changed.certPem).checkHost('a.example.test')).toBeUndefined()
})

test('a CA whose key is gone or belongs to another is replaced, and the server certificate with it', async () => {
  const dataDir = await temporaryFolder()
  const first = await certificateIn(dataDir)
  const foreign = await temporaryFolder()
  await certificateIn(foreign)
  await writeFile(join(dataDir, 'ca-key.pem'), await readFile(join(foreign, 'ca-key.pem')))

  const replaced = await certificateIn(dataDir)

  expect(replaced.caPem).not.toBe(first.caPem)
  const port = await serve(replaced)
  expect(await read(`https://127.0.0.1:${port}/`, { ca: replaced.caPem })).toBe('welcome')
})

async function modesIn(folder: string): Promise<Record<string, number>> {
  const names = await readdir(folder)
  const modes = names.map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777] as const)
  return Object.fromEntries(await Promise.all(modes))
}
