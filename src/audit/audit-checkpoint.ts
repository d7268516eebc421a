import { createPublicKey, verify } from 'node:crypto'
import type pg from 'pg'
import type { CheckResult } from './check.ts'

interface Head {
  readonly chain: string
  readonly position: number
  readonly hash: string
}

/**
 * A chain alone cannot say that its end was cut off, nor that all of it was written anew (S52). A checkpoint that was
 * kept elsewhere can: its signature must be by a key of this installation, and each head that it names must still be
 * there.
 */
export async function checkAgainstCheckpoint(client: pg.ClientBase, signed: string): Promise<CheckResult> {
  const result = (claim: string, examined: number, violations: readonly string[]): CheckResult => ({
    id: 'I-17',
    claim,
    examined,
    isKept: violations.length === 0,
    violations,
  })
  const [header = '', payload = '', signature = ''] = signed.trim().split('.')
  const keyId = readPart(header)?.kid
  const keys = await client.query<{ public_jwk: JsonWebKey }>('select public_jwk from signing_key where key_id = $1', [
    typeof keyId === 'string' ? keyId : '',
  ])
  const [key] = keys.rows
  const unsigned = 'the checkpoint is signed by this installation'
  if (!key) return result(unsigned, 1, [`the key '${String(keyId)}' that signed it is not one of this installation's`])
  const isGenuine = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    createPublicKey({ key: key.public_jwk, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) return result(unsigned, 1, ['the checkpoint was changed after it was signed'])
  const { at, heads } = readPart(payload) as { at: string; heads: readonly Head[] }
  const violations: string[] = []
  for (const head of heads) {
    const kept = await client.query<{ hash: string }>(
      `select encode(hash, 'hex') as hash from audit_link where chain = $1 and position = $2`,
      [head.chain, head.position],
    )
    const hash = kept.rows[0]?.hash
    if (hash === undefined)
      violations.push(`chain ${head.chain} had ${head.position} records then and has lost its end`)
    else if (hash !== head.hash)
      violations.push(`chain ${head.chain} was written anew: record ${head.position} was ${head.hash} and is ${hash}`)
  }
  return result(`each chain of the audit log still holds what the checkpoint of ${at} saw`, heads.length, violations)
}

interface JsonWebKey {
  readonly kty: string
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}
