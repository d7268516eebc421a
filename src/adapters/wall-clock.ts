import type { WallClock } from '../domain/ports.ts'

export const wallClock: WallClock = {
  kind: 'wall',
  now: () => new Date(),
}
