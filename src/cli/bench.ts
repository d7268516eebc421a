import { Command } from 'commander'
import { print, printJson, renderTable, say } from './output.ts'

interface BenchResult {
  readonly name: string
  readonly machine: Readonly<Record<string, unknown>>
  readonly results: Readonly<Record<string, unknown>>
}

const names = ['ingest', 'growth', 'mau', 'invoice-run', 'control-plane', 'start'] as const

export const benchCommand = new Command('bench')
  .description('Measure, side by side with what the same PostgreSQL can do at best in the same run.')
  .argument('<name>', `one of ${names.join(', ')}`)
  .option('--json', 'print one JSON object')
  .option('--scale <number>', 'size relative to the standard run', '1')
  .action(async (name: string, options: { json?: boolean; scale: string }) => {
    if (!(names as readonly string[]).includes(name)) {
      say(`There is no benchmark '${name}'. Choose one of ${names.join(', ')}.`)
      process.exitCode = 2
      return
    }
    const module = (await import(new URL(`../../bench/${name}.ts`, import.meta.url).href)) as {
      run(run: { scale: number; log: (line: string) => void }): Promise<BenchResult>
    }
    const result = await module.run({ scale: Number(options.scale), log: say })
    if (options.json) printJson(result)
    else {
      print(`${result.name} on ${JSON.stringify(result.machine)}`)
      print(
        renderTable(
          Object.entries(result.results).map(([key, value]) => [key, shown(value)]),
          new Set([1]),
        ),
      )
    }
  })

const shown = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : JSON.stringify(value)
