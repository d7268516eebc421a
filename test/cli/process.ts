import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly pid: number
  /** Settles when the program has said this; fails when it ends without. */
  untilSaid(text: string): Promise<void>
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void
  readonly ended: Promise<Ended>
}

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

/** The program as a process of its own, as a shell starts it. */
export function start(args: readonly string[], env: Record<string, string> = {}, input?: string): Started {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TENANTRY_PORT: '0', ...env },
    stdio: 'pipe',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
  return {
    pid: child.pid ?? 0,
    untilSaid: (text) => untilSaid(child, text, () => stdout + stderr),
    signal: (name) => void child.kill(name),
    ended,
  }
}

export const run = (args: readonly string[], env?: Record<string, string>, input?: string): Promise<Ended> =>
  start(args, env, input).ended

export async function newFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tenantry-cli-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

function untilSaid(child: ChildProcess, text: string, said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (said().includes(text)) resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('close', (code) => reject(new Error(`it ended with ${code} before it said '${text}': ${said()}`)))
    look()
  })
}
