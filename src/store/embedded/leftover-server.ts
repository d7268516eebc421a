import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { Home } from './home.ts'
import { processByPid, readPostmasterFile, stopProcess } from './postmaster.ts'
import { listPostgresProcesses } from './process-table.ts'
import { removeSocketDirectory } from './socket-directory.ts'

/**
 * Ends what an earlier run left behind when it was killed: a server, or workers whose server was killed. It is stopped
 * and not taken over: its sessions may still be at work for the program that died, its settings may be old, and only a
 * child of ours tells us at once when it ends. The caller owns the data directory, so no living Tenantry uses it.
 */
export async function stopLeftoverServer(
  home: Home,
  sleep: (ms: number) => Promise<void>,
  announce: (line: string) => void,
): Promise<void> {
  const dataDirectory = join(home.path, 'data')
  const file = readPostmasterFile(dataDirectory)
  const found = listPostgresProcesses(dataDirectory)
  if (file && found.includes(file.pid)) {
    announce(`Stopping PostgreSQL, process ${file.pid}, which an earlier run left behind`)
    if (!(await stopProcess(processByPid(file.pid), sleep))) throw doesNotStop(file.pid)
  }
  // Without its server a worker has nothing to save: what was committed is in the log on disk.
  for (const pid of listPostgresProcesses(dataDirectory)) {
    const worker = processByPid(pid)
    worker.signal('SIGKILL')
    for (let round = 0; round < 250 && !worker.isGone(); round++) await sleep(20)
    if (!worker.isGone()) throw doesNotStop(pid)
  }
  if (!file) return
  // A stranger may have the pid since the machine restarted, or nobody collected the dead server: PostgreSQL would take
  // either for a server that lives.
  if (isTaken(file.pid)) rmSync(join(dataDirectory, 'postmaster.pid'), { force: true })
  if (file.socketDirectory) removeSocketDirectory(file.socketDirectory, home)
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function doesNotStop(pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'server_does_not_stop',
    `PostgreSQL, process ${pid}, still runs on this data directory and does not stop. ` +
      'It probably waits for a disk that does not answer. Restart the machine, then start again.',
  )
}
