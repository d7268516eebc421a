import type { Timers } from '../domain/ports.ts'

export interface WorkLoop {
  /** Looks for work at once instead of at the next tick. */
  wake(): void
  /** Takes no new work and waits for the one in hand. */
  stop(): Promise<void>
}

const tickMs = 500

/** Does what is open until nothing is left, whoever left it: this process, another one, or one that died. */
export function startWorkLoop(
  timers: Timers,
  runNext: () => Promise<boolean>,
  onFailure: (error: unknown) => void,
): WorkLoop {
  let isStopped = false
  let draining: Promise<void> | undefined
  const drain = async (): Promise<void> => {
    try {
      while (!isStopped && (await runNext()));
    } catch (error) {
      onFailure(error)
    }
  }
  const wake = (): void => {
    if (isStopped || draining) return
    draining = drain().finally(() => {
      draining = undefined
    })
  }
  const ticking = timers.every(tickMs, wake)
  return {
    wake,
    async stop() {
      isStopped = true
      ticking.stop()
      await draining
    },
  }
}
