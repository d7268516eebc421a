import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { Home } from './home.ts'
import { findProcessStart } from './process-table.ts'
import { commandAs, serverEnvironment } from './server-account.ts'

export interface ServerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

interface Stoppable {
  isGone(): boolean
  signal(name: NodeJS.Signals): void
}

export interface Postmaster extends Stoppable {
  readonly pid: number
  readonly exited: Promise<ServerExit>
}

const pollMs = 20

/** In a session of its own, so that Ctrl-C reaches us and not the server: we stop it in order. */
export async function spawnPostmaster(home: Home, binaries: Binaries, descriptor: number): Promise<Postmaster> {
  const command = commandAs(home.account, binaries.postgres, ['-D', join(home.path, 'data')])
  const child = spawn(command.file, command.args, {
    ...command.identity,
    cwd: home.path,
    env: serverEnvironment(binaries.env),
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  })
  const exited = new Promise<ServerExit>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.on('spawn', resolve)
    child.on('error', (cause) =>
      reject(new EmbeddedPostgresError('start_failed', `PostgreSQL did not start: ${cause.message}`, { cause })),
    )
  })
  const pid = child.pid
  if (pid === undefined) throw new EmbeddedPostgresError('start_failed', 'PostgreSQL did not start: it has no pid.')
  // A database is no reason for the program to live on.
  child.unref()
  return {
    pid,
    exited,
    isGone: () => child.exitCode !== null || child.signalCode !== null,
    signal: (name) => void child.kill(name),
  }
}

/** Until the server accepts connections; after a crash it replays its log first, which may take minutes. */
export async function waitUntilReady(
  postmaster: Postmaster,
  dataDirectory: string,
  sleep: (ms: number) => Promise<void>,
  onWaiting: (seconds: number) => void,
): Promise<boolean> {
  const roundsMax = (30 * 60_000) / pollMs
  for (let round = 0; round < roundsMax && !postmaster.isGone(); round++) {
    const file = readPostmasterFile(dataDirectory)
    if (file?.pid === postmaster.pid && file.status === 'ready') return true
    await sleep(pollMs)
    if (round > 0 && (round * pollMs) % 1000 === 0) onWaiting((round * pollMs) / 1000)
  }
  return false
}

export interface PostmasterFile {
  readonly pid: number
  readonly socketDirectory: string
  readonly status: string
}

export function readPostmasterFile(dataDirectory: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 0) return undefined
    return { pid, socketDirectory: lines[4] ?? '', status: (lines[7] ?? '').trim() }
  } catch {
    return undefined
  }
}

/** Asks politely, then firmly, then not at all; true when nothing is left. */
export async function stopProcess(target: Stoppable, sleep: (ms: number) => Promise<void>): Promise<boolean> {
  // Fast shutdown ends the sessions and writes all to disk; immediate shutdown leaves that to recovery.
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', 60_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ]
  for (const [name, patienceMs] of steps) {
    if (target.isGone()) return true
    target.signal(name)
    for (let waitedMs = 0; waitedMs < patienceMs && !target.isGone(); waitedMs += pollMs) await sleep(pollMs)
  }
  return target.isGone()
}

/** A process that is not our child, by its pid and its start, so that a recycled pid is never signalled. */
export function processByPid(pid: number): Stoppable {
  const startedAt = findProcessStart(pid)
  const isGone = () => startedAt === undefined || findProcessStart(pid) !== startedAt
  return {
    isGone,
    signal(name) {
      try {
        if (!isGone()) process.kill(pid, name)
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return
        throw new EmbeddedPostgresError(
          'server_does_not_stop',
          `PostgreSQL, process ${pid}, still runs on this data directory and may not be stopped by this user. ` +
            `Stop it (kill -INT ${pid}), then start again.`,
          { cause },
        )
      }
    },
  }
}
