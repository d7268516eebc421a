import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { systemTimers } from '../adapters/timers.ts'
import { readConfig } from '../config/config.ts'
import { renderStatementText } from '../documents/statement-text.ts'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import { auditOf, renderAudit } from './audit.ts'
import { print, renderTable, say } from './output.ts'
import { replayFile } from './replay.ts'
import { serveUntilStopped } from './serve.ts'
import { Session } from './session.ts'

const examples = new URL('../../examples/', import.meta.url)

/** What the demo keeps beside the data: the statements that the scenarios ended with, and who acted in them. */
interface DemoRecord {
  readonly scenarios: readonly string[]
  readonly people: readonly { readonly name: string; readonly tenantId: string; readonly userId: string }[]
  readonly statements: readonly { readonly title: string; readonly document: unknown }[]
}

export const demoCommand = new Command('demo')
  .description(
    'Start a sandbox, play the shipped scenarios into a new data directory, print the statements, and serve.',
  )
  .option('--exit', 'stop after printing instead of serving')
  .action(async (options: { exit?: boolean }) => {
    const config = readConfig(process.env, 'sandbox')
    const dataDir = resolve(config.dataDir)
    const { startTenantry } = await import('../app.ts')
    const running = await startTenantry(config, { onProgress: say, logFile: join(dataDir, 'tenantry.log') })
    const session = new Session(
      running.baseUrl,
      await readFile(running.caFile, 'utf8'),
      running.operator,
      systemTimers(() => undefined),
    )
    let record: DemoRecord
    try {
      record = (await findRecord(dataDir)) ?? (await playExamples(session, dataDir))
    } catch (error) {
      await running.stop()
      say(`The scenarios could not be played to their end. Remove ${dataDir}, or name another TENANTRY_DATA_DIR.`)
      throw error
    } finally {
      session.close()
    }
    for (const { title, document } of record.statements)
      print(`\n${title}\n${renderStatementText(document as InvoiceDocument, 'en')}`)
    const audit = await auditOf(config)
    print(`\n${renderAudit(audit)}`)
    if (!audit.isClean) process.exitCode = 3
    print(`\nServing at      ${running.baseUrl}  (API description: ${running.baseUrl}/openapi.json)`)
    print(`Sign-in page    ${running.baseUrl}/login`)
    print(`Operator        ${join(dataDir, 'operator.json')}  (tenantId, clientId, clientSecret)`)
    print(`CA for clients  export NODE_EXTRA_CA_CERTS=${running.caFile}`)
    print(`Scenarios       ${record.scenarios.join(', ')}`)
    print(
      '\nPeople of the scenarios; POST /providers/Tenantry.Sandbox/tokens {tenantId, userId} as the operator signs them in:',
    )
    const people = record.people.map(({ name, tenantId, userId }) => [`  ${name}`, tenantId, userId])
    print(renderTable([['  name', 'tenantId', 'userId'], ...people], new Set()))
    if (options.exit) {
      await running.stop()
      return
    }
    print('Ctrl-C stops it; the next start finds the same data.')
    await serveUntilStopped(running)
  })

async function playExamples(session: Session, dataDir: string): Promise<DemoRecord> {
  say('Playing the shipped scenarios over HTTPS')
  const statements: { title: string; document: unknown }[] = []
  const names = await chronological((await readdir(examples)).filter((name) => name.endsWith('.scenario.jsonl')))
  for (const name of names) {
    const replayed = await replayFile(session, new URL(name, examples).pathname, false)
    for (const [key, document] of Object.entries(replayed.saved))
      if (key.startsWith('statement:')) statements.push({ title: key.slice('statement:'.length).trim(), document })
  }
  const record: DemoRecord = { scenarios: names, statements, people: session.listPeople() }
  await writeFile(join(dataDir, 'demo.json'), JSON.stringify(record), { mode: 0o600 })
  return record
}

async function findRecord(dataDir: string): Promise<DemoRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as DemoRecord
  } catch {
    return undefined
  }
}

/** The clock only goes forward, so the scenarios of one directory are played in the order of their first instants. */
async function chronological(names: readonly string[]): Promise<string[]> {
  const started = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, examples), 'utf8')
      return { name, at: /"at":\s*"([^"]+)"/.exec(text)?.[1] ?? '' }
    }),
  )
  return started.toSorted((left, right) => (left.at < right.at ? -1 : 1)).map(({ name }) => name)
}
