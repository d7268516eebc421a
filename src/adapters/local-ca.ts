import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random, WallClock } from '../domain/ports.ts'
import { writeFileAtomically } from './atomic-file.ts'
import * as certificates from './certificate.ts'

const { x509, dayMs } = certificates

const validDays = 3650
/** Clients must be given the new file by then, so a replacement is rare and never at the last moment. */
const renewBeforeDays = 400

export interface LocalCa {
  readonly certificatePem: string
  readonly certificate: certificates.x509.X509Certificate
  readonly signingKey: webcrypto.CryptoKey
}

export interface LocalCaNeeds {
  readonly dataDir: string
  readonly clock: WallClock
  readonly random: Random
}

/**
 * The authority that clients of this installation trust (`ca.pem`, for NODE_EXTRA_CA_CERTS), made at first start. Its
 * key stays in `ca-key.pem`, readable by the server's own account only.
 */
export async function openLocalCa(needs: LocalCaNeeds): Promise<LocalCa> {
  await mkdir(needs.dataDir, { recursive: true, mode: 0o700 })
  return (await findLocalCa(needs)) ?? (await createLocalCa(needs))
}

async function findLocalCa({ dataDir, clock }: LocalCaNeeds): Promise<LocalCa | undefined> {
  const certificatePem = await readIfPresent(certificatePath(dataDir))
  const keyPem = await readIfPresent(keyPath(dataDir))
  if (certificatePem === undefined || keyPem === undefined) return undefined
  await chmod(keyPath(dataDir), 0o600)
  const parsed = new X509Certificate(certificatePem)
  // They differ when a replacement was cut short between the two files.
  if (!parsed.checkPrivateKey(createPrivateKey(keyPem))) return undefined
  if (parsed.validToDate.getTime() - clock.now().getTime() < renewBeforeDays * dayMs) return undefined
  return {
    certificatePem,
    certificate: new x509.X509Certificate(certificatePem),
    signingKey: await certificates.parsePrivateKey(keyPem),
  }
}

async function createLocalCa({ dataDir, clock, random }: LocalCaNeeds): Promise<LocalCa> {
  const keys = await certificates.generateKeys()
  const now = clock.now().getTime()
  const serialNumber = certificates.serialNumber(random)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // Two authorities of one name would confuse a client that trusts several installations.
    name: [{ O: ['Tenantry'] }, { CN: [`Tenantry local CA ${serialNumber.slice(0, 8)}`] }],
    notBefore: new Date(now - certificates.clockSkewMs),
    notAfter: new Date(now + validDays * dayMs),
    signingAlgorithm: certificates.signingAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const certificatePem = certificates.toCertificatePem(certificate)
  await writeFileAtomically(keyPath(dataDir), await certificates.toPrivateKeyPem(keys.privateKey), 0o600)
  await writeFileAtomically(certificatePath(dataDir), certificatePem, 0o644)
  return { certificatePem, certificate, signingKey: keys.privateKey }
}

export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function certificatePath(dataDir: string): string {
  return join(dataDir, 'ca.pem')
}

function keyPath(dataDir: string): string {
  return join(dataDir, 'ca-key.pem')
}
