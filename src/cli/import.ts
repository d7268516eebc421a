import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { systemTimers } from '../adapters/timers.ts'
import { CsvHeaderError, type EventFormat, eventFormats, guessFormat, readEventLines } from './event-lines.ts'
import { type ImportProgress, type ImportSummary, importEvents, type Unaccepted } from './import-events.ts'
import { print, printJson, progressLine, say } from './output.ts'
import { type ReporterOptions, reachServerAsReporter } from './reporter-access.ts'

interface ImportOptions extends ReporterOptions {
  readonly format?: EventFormat
  readonly rejected?: string
  readonly json?: boolean
}

/** More than these are only counted on the terminal; `--rejected` has all of them. */
const shownMax = 20

export const importCommand = new Command('import')
  .description('Report the usage in a file: CloudEvents as NDJSON or a JSON array, or CSV. Safe to repeat.')
  .argument('<file>', "the file, or '-' for standard input")
  .addOption(new Option('--format <format>', 'instead of guessing it').choices(eventFormats))
  .option('--tenant <id>', 'tenant of the reporting application (or TENANTRY_TENANT_ID)')
  .option('--client-id <id>', 'the reporting application (or TENANTRY_CLIENT_ID)')
  .option('--client-secret <secret>', 'its secret (better TENANTRY_CLIENT_SECRET or TENANTRY_CLIENT_SECRET_FILE)')
  .option('--server <origin>', 'a server elsewhere, as https://billing.example.com')
  .option('--ca <file>', 'the CA that this server has, where it is not a public one')
  .option('--rejected <file>', 'write what was not accepted there, one JSON object a line')
  .option('--json', 'print the summary as JSON')
  .addHelpText(
    'after',
    '\nExit code 0 when every event is accepted or was known already, 1 when any was rejected or in conflict.',
  )
  .action(async (file: string, options: ImportOptions) => {
    const sizeBytes = file === '-' ? undefined : (await stat(file)).size
    const timers = systemTimers(() => undefined)
    const server = await reachServerAsReporter(options, process.env, say)
    const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 })
    const { counted, readBytes } = countBytes(source)
    const rejectedFile = options.rejected === undefined ? undefined : createWriteStream(options.rejected)
    const shown: Unaccepted[] = []
    const progress = progressLine(`Importing ${file === '-' ? 'standard input' : file}:`)
    const startedMs = timers.monotonicMs()
    try {
      const format = options.format ?? guessFormat(file, await firstCharacterOf(counted))
      const summary = await importEvents(server.session, readEventLines(counted, format), timers, {
        onProgress: (done) =>
          progress.update(progressText(done, readBytes(), sizeBytes, timers.monotonicMs() - startedMs)),
        async onUnaccepted(item) {
          if (shown.length < shownMax) shown.push(item)
          await writeLine(rejectedFile, item)
        },
      })
      progress.done(progressText(summary, readBytes(), sizeBytes, timers.monotonicMs() - startedMs))
      report(summary, shown, options)
    } catch (error) {
      if (!(error instanceof CsvHeaderError)) throw error
      say(error.message)
      process.exitCode = 2
    } finally {
      if (rejectedFile) await finished(rejectedFile.end())
      await server.close()
    }
  })

function report(summary: ImportSummary, shown: readonly Unaccepted[], options: ImportOptions): void {
  const unaccepted = summary.rejected + summary.conflict
  for (const { lineNumber, code, message } of shown.toSorted((left, right) => left.lineNumber - right.lineNumber))
    say(`  line ${lineNumber}: ${code}: ${message}`)
  if (unaccepted > shown.length) say(`  … and ${unaccepted - shown.length} more; --rejected FILE writes them all.`)
  if (options.json) printJson(summary)
  else
    print(
      `${summary.accepted} accepted, ${summary.duplicate} duplicate, ${summary.conflict} conflict, ${summary.rejected} rejected`,
    )
  if (unaccepted > 0) process.exitCode = 1
}

function progressText(
  done: ImportProgress,
  readBytes: number,
  sizeBytes: number | undefined,
  elapsedMs: number,
): string {
  const events = done.accepted + done.duplicate + done.conflict + done.rejected
  const rate = elapsedMs > 0 ? Math.round((events * 1000) / elapsedMs) : 0
  const share = sizeBytes === undefined ? '' : ` ${percentage(readBytes, sizeBytes)} of ${megabytes(sizeBytes)},`
  const bar = sizeBytes === undefined ? megabytes(readBytes) : barOf(readBytes, sizeBytes)
  return `${bar}${share} ${events.toLocaleString('en-US')} events, ${rate.toLocaleString('en-US')} a second`
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
const percentage = (part: number, whole: number): string =>
  `${whole === 0 ? 100 : Math.min(100, Math.floor((part * 100) / whole))} %`

function barOf(part: number, whole: number): string {
  const width = 24
  const filled = whole === 0 ? width : Math.min(width, Math.floor((part * width) / whole))
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`
}

function countBytes(source: Readable): { counted: Readable; readBytes: () => number } {
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(null, chunk)
    },
  })
  source.once('error', (error) => counter.destroy(error))
  return { counted: source.pipe(counter), readBytes: () => bytes }
}

/** Looks without taking, so that the reader still gets everything. */
async function firstCharacterOf(stream: Readable): Promise<string | undefined> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    stream.unshift(chunk)
    return chunk
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trimStart()[0]
  }
  return undefined
}

async function writeLine(stream: WriteStream | undefined, item: Unaccepted): Promise<void> {
  if (!stream || stream.write(`${JSON.stringify(item)}\n`)) return
  await new Promise((resolve) => stream.once('drain', resolve))
}
