import { randomBytes, randomUUID } from 'node:crypto'
import type { Random } from '../domain/ports.ts'

const secretBytes = 32

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  uuid: () => randomUUID(),
  secret: () => randomBytes(secretBytes).toString('base64url'),
}
