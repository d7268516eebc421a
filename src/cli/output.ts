/** What a person reads goes to stderr while work goes on and to stdout when it is the result; data is JSON on stdout. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`)
export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value, toPlain, 2))

const toPlain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** A line that rewrites itself on a terminal; in a file or a pipe it is silent until `done`. */
export function progressLine(label: string): { update(text: string): void; done(text: string): void } {
  const isTerminal = process.stderr.isTTY
  return {
    update(text) {
      if (isTerminal) process.stderr.write(`\r\u001b[K${label} ${text}`)
    },
    done(text) {
      process.stderr.write(isTerminal ? `\r\u001b[K${label} ${text}\n` : `${label} ${text}\n`)
    },
  }
}

/** Columns as wide as their widest cell; numbers stand to the right. */
export function renderTable(rows: readonly (readonly string[])[], rightAligned: ReadonlySet<number>): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          rightAligned.has(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
