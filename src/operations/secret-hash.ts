import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * A client secret is 256 random bits made here, so there is nothing to guess and a slow hash would only slow down
 * the sign-in of applications; people's passwords are another matter (password-hash.ts).
 */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret, 'utf8').digest('base64url')

/** Compares in constant time. */
export function isSecretOf(secret: string, secretHash: string): boolean {
  const given = createHash('sha256').update(secret, 'utf8').digest()
  const kept = Buffer.from(secretHash, 'base64url')
  return given.length === kept.length && timingSafeEqual(given, kept)
}
