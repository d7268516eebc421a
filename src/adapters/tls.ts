import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { writeFileAtomically } from './atomic-file.ts'
import * as certificates from './certificate.ts'
import { type LocalCa, type LocalCaNeeds, openLocalCa, readIfPresent } from './local-ca.ts'

const { x509, dayMs } = certificates

const validDays = 365
const renewBeforeDays = 60
const alwaysNamed = ['localhost', '127.0.0.1', '::1']

export interface ServerCertificate {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

/**
 * A certificate of the local CA for this machine's loopback names and `hostNames` (names or addresses). It is kept
 * between starts and replaced when it is near its end, when the names change, or when the CA did; ask again daily to
 * renew in a process that runs for long.
 */
export async function ensureServerCertificate(
  needs: LocalCaNeeds & { readonly hostNames: readonly string[] },
): Promise<ServerCertificate> {
  const localCa = await openLocalCa(needs)
  const names = [...new Set([...alwaysNamed, ...needs.hostNames].map(toSubjectName))].toSorted()
  const file = join(needs.dataDir, 'server.pem')
  const kept = await readIfPresent(file)
  const current = kept === undefined ? undefined : readPair(kept)
  if (current && isUsable(current, localCa, names, needs.clock.now())) {
    return { caPem: localCa.certificatePem, ...current }
  }
  const fresh = await issue(localCa, names, needs)
  // One file for both, so that a crash cannot part a certificate from its key.
  await writeFileAtomically(file, fresh.certPem + fresh.keyPem, 0o600)
  return { caPem: localCa.certificatePem, ...fresh }
}

interface Pair {
  readonly certPem: string
  readonly keyPem: string
}

function readPair(pem: string): Pair | undefined {
  const certPem = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/)?.[0]
  const keyPem = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/)?.[0]
  return certPem && keyPem ? { certPem, keyPem } : undefined
}

function isUsable({ certPem, keyPem }: Pair, localCa: LocalCa, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(certPem)
  return (
    certificate.verify(new X509Certificate(localCa.certificatePem).publicKey) &&
    certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
    certificate.validToDate.getTime() - now.getTime() >= renewBeforeDays * dayMs &&
    certificate.validFromDate.getTime() <= now.getTime() &&
    isForExactly(certPem, names)
  )
}

function isForExactly(certPem: string, names: readonly string[]): boolean {
  const extension = new x509.X509Certificate(certPem).getExtension(x509.SubjectAlternativeNameExtension)
  const certified = (extension?.names.items ?? []).map((name) => toSubjectName(name.value)).toSorted()
  return certified.length === names.length && certified.every((name, index) => name === names[index])
}

async function issue(localCa: LocalCa, names: readonly string[], { clock, random }: LocalCaNeeds): Promise<Pair> {
  const keys = await certificates.generateKeys()
  const now = clock.now().getTime()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: certificates.serialNumber(random),
    subject: [{ O: ['Tenantry'] }, { CN: ['Tenantry server'] }],
    issuer: localCa.certificate.subject,
    notBefore: new Date(now - certificates.clockSkewMs),
    notAfter: new Date(now + validDays * dayMs),
    signingAlgorithm: certificates.signingAlgorithm,
    signingKey: localCa.signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(localCa.certificate.publicKey),
    ],
  })
  return {
    certPem: certificates.toCertificatePem(certificate),
    keyPem: await certificates.toPrivateKeyPem(keys.privateKey),
  }
}

/** One spelling for each name: URLs write IPv6 in brackets, and certificates write it without shortening. */
function toSubjectName(name: string): string {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return isIP(bare) === 6 ? new URL(`https://[${bare}]`).hostname.slice(1, -1) : bare
}
