const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** How long to wait after each failed try. After the last one the message has failed. */
const delaysMs = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  hourMs,
  4 * hourMs,
  12 * hourMs,
  24 * hourMs,
] as const

/** A try that nobody heard of again is taken up after this long: longer than any exchange with a mail server may take. */
export const tryTimeMs = 5 * minuteMs

/** When a message that has been tried so often is due again; nothing when that was the last time (F39: bounded). */
export function nextTryAt(tries: number, failedAt: Date): Date | undefined {
  const delayMs = delaysMs[tries - 1]
  return delayMs === undefined ? undefined : new Date(failedAt.getTime() + delayMs)
}

export const largestTries = delaysMs.length + 1
