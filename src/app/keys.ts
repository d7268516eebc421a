import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../adapters/atomic-file.ts'
import { systemRandom } from '../adapters/random.ts'
import { generateSigningKey, TokenSigner } from '../adapters/token-signer.ts'
import { wallClock } from '../adapters/wall-clock.ts'
import { type SealingKey, sealingKey } from '../operations/seal-secret.ts'
import type { Db } from '../store/db.ts'
import { insertSigningKey, listSigningKeys } from '../store/signing-key.ts'

/** Made at the first start, beside the database and never in it. */
export async function openSealingKey(dataDir: string): Promise<SealingKey> {
  const file = join(dataDir, 'sealing.key')
  const kept = await readFile(file, 'utf8').then(
    (text) => Buffer.from(text.trim(), 'base64url'),
    () => undefined,
  )
  if (kept?.length === 32) return sealingKey(kept)
  if (kept)
    throw new Error(
      `${file} is not a key any more. Put the file back from a backup; without it, what it sealed is lost.`,
    )
  const fresh = systemRandom.secret()
  await writeFileAtomically(file, `${fresh}\n`, 0o600)
  return sealingKey(Buffer.from(fresh, 'base64url'))
}

export async function openSigner(db: Db): Promise<TokenSigner> {
  const keys = await listSigningKeys(db)
  if (keys.length > 0) return TokenSigner.create(wallClock, keys)
  const fresh = await generateSigningKey(systemRandom.uuid())
  await insertSigningKey(db, { ...fresh, createdAt: wallClock.now() })
  return TokenSigner.create(wallClock, await listSigningKeys(db))
}
