import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto'

const derive = (parameters: Argon2Parameters): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)))
  })

// 19 MiB, two passes, one lane: the least that OWASP's password guidance allows for Argon2id.
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

/** Argon2id with its salt and cost beside it, so that a later, dearer cost can be told from this one. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const tag = await derive({ message: password, nonce: salt, ...cost })
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(tag)}`
}

export async function isPasswordOf(password: string, passwordHash: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(passwordHash)
  if (!match) return false
  const [, memory, passes, parallelism, salt, tag] = match
  const kept = Buffer.from(tag ?? '', 'base64')
  const given = await derive({
    message: password,
    nonce: Buffer.from(salt ?? '', 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: kept.length,
  })
  return given.length === kept.length && timingSafeEqual(given, kept)
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** Nobody's password: what is checked when there is no account, so that the answer takes as long as for one. */
export const passwordHashOfNobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`
