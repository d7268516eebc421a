import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { Random } from '../domain/ports.ts'

/** A key of this process's data directory, never of the database: what it seals cannot be read from a dump (S20). */
export interface SealingKey {
  readonly id: string
  readonly bytes: Uint8Array
}

export const sealingKey = (bytes: Uint8Array): SealingKey => ({
  id: createHash('sha256').update('key id').update(bytes).digest('base64url').slice(0, 16),
  bytes,
})

const ivBytes = 12
const tagBytes = 16

export function seal(key: SealingKey, random: Random, secret: string): string {
  const iv = random.bytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv)
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

export function unseal(key: SealingKey, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8')
}
