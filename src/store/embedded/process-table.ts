import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * When a process started, as opaque text; undefined when there is no such process.
 * A pid alone is not an identity: after a crash or a restart of the machine another process may have it.
 */
export function findProcessStart(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      const env = { PATH: process.env['PATH'] ?? '/bin:/usr/bin', LC_ALL: 'C' }
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' }).trim() || undefined
    }
    // The name in parentheses may hold anything, so the fields are counted from the last parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
  } catch {
    return undefined
  }
}

/** The postgres processes (server and workers) whose data directory is exactly this one. */
export function listPostgresProcesses(dataDirectory: string): number[] {
  if (process.platform !== 'linux') return listPostgresByCommand(dataDirectory)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // Every process of a server works in the data directory; so does a shell of someone who looks at it.
        return (
          readlinkSync(`/proc/${pid}/cwd`) === dataDirectory &&
          /\/postgres(?: \(deleted\))?$/.test(readlinkSync(`/proc/${pid}/exe`))
        )
      } catch {
        return false
      }
    })
    .map(Number)
}

function listPostgresByCommand(dataDirectory: string): number[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n')
  return lines
    .filter((line) => /\/postgres -D /.test(line) && line.trimEnd().endsWith(`-D ${dataDirectory}`))
    .map((line) => Number.parseInt(line, 10))
}
