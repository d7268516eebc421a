import type { Timers } from '../domain/ports.ts'

type Failed = (error: unknown) => void

/** A timer has no caller who could catch: what a run throws goes to `failed`, and the next run comes all the same. */
export function systemTimers(failed: Failed): Timers {
  return {
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    every: (ms, run) => every(ms, run, failed),
    after: (ms, run) => {
      const timer = setTimeout(() => void settle(run, failed), ms)
      return { cancel: () => clearTimeout(timer) }
    },
    monotonicMs: () => performance.now(),
  }
}

function every(ms: number, run: () => void | Promise<void>, failed: Failed): { readonly stop: () => void } {
  let isRunning = false
  const timer = setInterval(() => {
    if (isRunning) return
    isRunning = true
    void settle(run, failed).then(() => {
      isRunning = false
    })
  }, ms)
  return { stop: () => clearInterval(timer) }
}

async function settle(run: () => void | Promise<void>, failed: Failed): Promise<void> {
  try {
    await run()
  } catch (error) {
    failed(error)
  }
}
