import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { systemTimers } from '../adapters/timers.ts'
import { ConfigurationError } from '../config/config.ts'
import { exportEvents } from './export-events.ts'
import { documentKinds, type DocumentKind, exportInvoices } from './export-invoices.ts'
import { print, printJson, progressLine, say } from './output.ts'
import { reachServer } from './server-access.ts'
import { ServerRefusal } from './server-refusal.ts'

const invoices = new Command('invoices')
  .description("Write the documents of a month into a folder, each checked against its issue's SHA-256.")
  .requiredOption('--period <yyyy-mm>', 'the month, as 2026-10')
  .requiredOption('--out <folder>', 'where the files go; made if it is missing')
  .addOption(
    new Option('--kind <kind...>', 'which files of each document').choices(documentKinds).default(documentKinds),
  )
  .addOption(new Option('--language <language>', "instead of the billing profile's").choices(['en', 'sv']))
  .option('--json', 'print what was written as JSON')
  .action(async (options: { period: string; out: string; kind: DocumentKind[]; language?: string; json?: boolean }) => {
    const server = await reachServer('serve', say)
    const progress = progressLine(`Exporting ${options.period}:`)
    try {
      await mkdir(options.out, { recursive: true })
      const timers = systemTimers(() => undefined)
      const written = await exportInvoices(server.session, timers, options, (count) =>
        progress.update(`${count} files`),
      )
      progress.done(`${written.length} files`)
      if (options.json) printJson(written)
      else print(`${written.length} files are in ${options.out}`)
    } finally {
      await server.close()
    }
  })

const events = new Command('events')
  .description('Write the events of a time, by usage time, with the way each took: who paid, or why nobody did.')
  .requiredOption('--from <instant>', 'the first instant, as 2026-10-01 or 2026-10-01T12:00:00Z', instant)
  .requiredOption('--to <instant>', 'the first instant that is not meant any more', instant)
  .addOption(
    new Option('--format <format>', 'one JSON object a line, or CSV').choices(['ndjson', 'csv']).default('ndjson'),
  )
  .option('--out <file>', 'instead of standard output')
  .action(async (options: { from: Date; to: Date; format: 'ndjson' | 'csv'; out?: string }) => {
    if (options.to <= options.from) throw new ConfigurationError('--to must be after --from.')
    const server = await reachServer('serve', say)
    const progress = progressLine('Exporting events:')
    const file = options.out === undefined ? undefined : createWriteStream(options.out, { mode: 0o600 })
    try {
      const timers = systemTimers(() => undefined)
      const write = writerTo(file ?? process.stdout)
      const count = await exportEvents(server.session, timers, options, write, (done, reached) =>
        progress.update(`${done.toLocaleString('en-US')}, up to ${reached.toISOString()}`),
      )
      progress.done(count.toLocaleString('en-US'))
    } finally {
      if (file) await finished(file.end())
      await server.close()
    }
  })

const checkpoint = new Command('checkpoint')
  .description('Write the signed heads of the audit log, to be kept where this installation cannot reach.')
  .requiredOption('--out <file>', 'where it goes')
  .action(async (options: { out: string }) => {
    const server = await reachServer('serve', say)
    try {
      const reply = await server.session.send(
        'operator',
        'GET',
        '/providers/Tenantry.Audit/checkpoint?api-version=2026-11-01',
      )
      if (reply.status !== 200) throw new ServerRefusal('no checkpoint was given', reply)
      const { signed, at } = (reply.body as { properties: { signed: string; at: string } }).properties
      await writeFile(options.out, `${signed}\n`)
      print(
        `The audit log as of ${at} is in ${options.out}; compare with it by: tenantry audit --checkpoint ${options.out}`,
      )
    } finally {
      await server.close()
    }
  })

export const exportCommand = new Command('export')
  .description("Take data out, as the operator: a month's documents, events, or the heads of the audit log.")
  .addCommand(invoices)
  .addCommand(events)
  .addCommand(checkpoint)

function instant(text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const value = isDay || /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(value.getTime())) return value
  throw new ConfigurationError(`'${text}' is not an instant in UTC. Use the form 2026-10-01 or 2026-10-01T12:00:00Z.`)
}

/** Waits while the reader is slower, so that memory does not grow. */
function writerTo(stream: Writable): (text: string) => Promise<void> {
  return async (text) => {
    if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve))
  }
}
