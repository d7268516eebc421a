// The certificate library looks for this polyfill when it is loaded.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Random } from '../domain/ports.ts'

export { x509 }

x509.cryptoProvider.set(webcrypto)

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

export const dayMs = 24 * 60 * 60 * 1000
/** A client whose clock runs a little behind must not see a certificate that is not valid yet. */
export const clockSkewMs = 60 * 60 * 1000

export async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
}

export async function toPrivateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

export async function parsePrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), keyAlgorithm, true, ['sign'])
}

export function toCertificatePem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

/** 127 bits: RFC 5280 wants it positive, at most 20 bytes, and unpredictable enough never to repeat. */
export function serialNumber(random: Random): string {
  const bytes = random.bytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}
