import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Whom the server runs as. PostgreSQL refuses root, so root starts it either in a user namespace, where root's files
 * are its own and it has no privilege over any other, or as another uid.
 */
export type ServerAccount =
  | { readonly kind: 'own' }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'dropped'; readonly uid: number; readonly gid: number }

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
}

export function commandAs(account: ServerAccount, file: string, args: readonly string[]): Command {
  if (account.kind === 'own') return { file, args, identity: {} }
  if (account.kind === 'dropped') return { file, args, identity: { uid: account.uid, gid: account.gid } }
  // unshare becomes the program it starts, so the pid is the server's own.
  const namespace = ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--']
  return { file: 'unshare', args: [...namespace, file, ...args], identity: {} }
}

/** Runs a program to its end; `output` is all it printed. Never throws: a program that cannot start is `ok: false`. */
export function runAs(
  account: ServerAccount,
  file: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; input?: string } = {},
): Promise<{ ok: boolean; output: string }> {
  const command = commandAs(account, file, args)
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command.file, command.args, {
      ...command.identity,
      env: serverEnvironment(options.env),
      cwd: options.cwd ?? '/',
      stdio: 'pipe',
    })
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    // A program that ends before it has read everything closes the pipe; its exit tells the story.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}

/** The server does not inherit our environment: it may hold secrets and settings (PG…) that are not meant for it. */
export function serverEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...extra }
}

export async function canUseDirectory(account: ServerAccount, directory: string): Promise<boolean> {
  const { ok } = await runAs(account, '/bin/sh', ['-c', '[ -w "$1" ] && [ -x "$1" ]', 'sh', directory])
  return ok
}

/** PostgreSQL looks its user up by uid and fails for one without an entry, so an arbitrary number will not do. */
export function findUnprivilegedAccount(): { uid: number; gid: number } {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid !== 0 && Number.isInteger(uid) && Number.isInteger(gid))
  const entry = entries.find(({ name }) => name === 'nobody') ?? entries[0]
  // A negative id is how macOS writes nobody's.
  return entry ? { uid: entry.uid >>> 0, gid: entry.gid >>> 0 } : { uid: 65534, gid: 65534 }
}
