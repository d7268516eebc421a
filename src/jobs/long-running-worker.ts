import type { Timers } from '../domain/ports.ts'

export interface LongRunningWorkerLoop {
  /** Looks for work at once instead of at the next tick. */
  wake(): void
  /** Takes no new work and waits for the one in hand. */
  stop(): Promise<void>
}

const tickMs = 500

/** Drains open long-running operations, whoever started them: this process, another one, or one that died. */
export function startLongRunningWorker(
  timers: Timers,
  runNext: () => Promise<boolean>,
  onFailure: (error: unknown) => void,
): LongRunningWorkerLoop {
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
