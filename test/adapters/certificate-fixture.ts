import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { WallClock } from '../../src/domain/ports.ts'

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function wallClockAt(instant: string | Date): WallClock {
  return { kind: 'wall', now: () => new Date(instant) }
}
