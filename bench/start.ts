import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchOptions, type BenchResult, describeMachine, percentile } from './machine.ts'

const main = new URL('../src/cli/main.ts', import.meta.url).pathname

/**
 * From the start of the process to a server that is ready, on a new and on a known directory, and to the first
 * statement of the demonstration; medians of several runs.
 */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const runs = Math.max(1, Math.round(5 * options.scale))
  const firstMs: number[] = []
  const againMs: number[] = []
  const statementMs: number[] = []
  for (let index = 1; index <= runs; index++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
    options.log(`Run ${index} of ${runs}: a new directory`)
    firstMs.push(await timeToReady(dataDir))
    options.log(`Run ${index} of ${runs}: the same directory again`)
    againMs.push(await timeToReady(dataDir))
    await rm(dataDir, { recursive: true, force: true })
    const demoDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
    options.log(`Run ${index} of ${runs}: the demonstration`)
    statementMs.push(await timeToStatement(demoDir))
    await rm(demoDir, { recursive: true, force: true })
  }
  const median = (values: readonly number[]): number => Math.round(percentile(values, 0.5))
  return {
    name: 'start',
    machine: describeMachine(),
    results: {
      firstStartToReadyMs: median(firstMs),
      startToReadyMs: median(againMs),
      firstStartToStatementMs: median(statementMs),
      runs,
    },
  }
}

function start(args: readonly string[], dataDir: string): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TENANTRY_DATA_DIR: dataDir, TENANTRY_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function timeToReady(dataDir: string): Promise<number> {
  const startedAt = performance.now()
  const server = start(['serve'], dataDir)
  const ready = untilSaid(server, 'Serving at')
  await ready
  const elapsedMs = performance.now() - startedAt
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
  return elapsedMs
}

async function timeToStatement(dataDir: string): Promise<number> {
  const startedAt = performance.now()
  const demo = start(['demo', '--exit'], dataDir)
  const ended = once(demo, 'exit')
  // The audit comes after the statements, so its verdict is the first word that surely follows them.
  await untilSaid(demo, 'Conservation audit')
  const elapsedMs = performance.now() - startedAt
  await ended
  return elapsedMs
}

function untilSaid(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const look = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes(text)) resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it said '${text}':\n${said}`)))
  })
}
