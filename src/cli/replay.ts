import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { print, printJson, progressLine, say } from './output.ts'
import { type Played, parseScenario, playScenario, ScenarioError } from './scenario.ts'
import { reachServer } from './server-access.ts'
import type { Session } from './session.ts'

export const replayCommand = new Command('replay')
  .description('Play scenario files over HTTPS, moving the sandbox clock as they say, and check what they expect.')
  .argument('<file...>', 'scenario files (*.scenario.jsonl), played in the order given')
  .option('--json', 'print what was played and saved as JSON')
  .option('--verbose', 'show every request')
  .action(async (files: string[], options: { json?: boolean; verbose?: boolean }) => {
    const server = await reachServer('sandbox', say)
    try {
      const results = []
      for (const file of files) results.push(await replayFile(server.session, file, options.verbose === true))
      if (options.json) printJson(results)
      else
        for (const result of results) print(`${result.file}: ${result.played.length} requests played, all as expected`)
    } finally {
      await server.close()
    }
  })

export interface Replayed {
  readonly file: string
  readonly played: readonly Played[]
  readonly saved: Readonly<Record<string, unknown>>
}

export async function replayFile(session: Session, file: string, isVerbose: boolean): Promise<Replayed> {
  const name = basename(file)
  try {
    const lines = parseScenario(await readFile(file, 'utf8'))
    const progress = progressLine(`${name}:`)
    const played: Played[] = []
    const saved = await playScenario(session, lines, (step) => {
      played.push(step)
      if (isVerbose) say(`${step.at ?? ''} ${step.status} ${step.request}`)
      else progress.update(`${step.lineNumber}/${lines.at(-1)?.lineNumber ?? 0}`)
    })
    progress.done(`${played.length} requests`)
    return { file, played, saved: Object.fromEntries(saved) }
  } catch (error) {
    if (error instanceof ScenarioError) throw new ScenarioError(error.lineNumber, error.reason, name)
    throw error
  }
}
