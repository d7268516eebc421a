import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemTimers } from '../adapters/timers.ts'
import { type Mode, readConfig } from '../config/config.ts'
import { Session } from './session.ts'

export interface ServerAccess {
  readonly session: Session
  /** Ends what was started for this command; a server that was running already goes on. */
  close(): Promise<void>
}

/**
 * Reaches the server of the configured data directory: the one that runs there, or one started for as long as this
 * command takes, in the mode that the directory was served in last: a sandbox keeps its clock.
 */
export async function reachServer(mode: Mode, onProgress: (step: string) => void): Promise<ServerAccess> {
  const dataDir = resolve(readConfig(process.env, mode).dataDir)
  const config = readConfig(process.env, (await findServedMode(dataDir)) ?? mode)
  const timers = systemTimers(() => undefined)
  const running = await findRunning(dataDir, config.baseUrl)
  if (running) {
    const session = new Session(running.baseUrl, running.caPem, running.operator, timers)
    return { session, close: async () => session.close() }
  }
  const { startTenantry } = await import('../app.ts')
  const started = await startTenantry(
    { ...config, port: 0, baseUrl: undefined, invoiceSchedule: 'manual' },
    { onProgress, logFile: join(dataDir, 'tenantry.log') },
  )
  const session = new Session(started.baseUrl, await readFile(started.caFile, 'utf8'), started.operator, timers)
  return {
    session,
    async close() {
      session.close()
      await started.stop()
    },
  }
}

async function findServedMode(dataDir: string): Promise<Mode | undefined> {
  try {
    const { mode } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as { mode?: unknown }
    return mode === 'sandbox' || mode === 'serve' ? mode : undefined
  } catch {
    return undefined
  }
}

interface Running {
  readonly baseUrl: string
  readonly caPem: string
  readonly operator: { tenantId: string; clientId: string; clientSecret: string }
}

/** `server.json` says where the server of the directory listens; whether it still does is asked. */
async function findRunning(dataDir: string, baseUrl: string | undefined): Promise<Running | undefined> {
  try {
    const known = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as { baseUrl: string }
    const running: Running = {
      baseUrl: baseUrl ?? known.baseUrl,
      caPem: await readFile(join(dataDir, 'ca.pem'), 'utf8'),
      operator: JSON.parse(await readFile(join(dataDir, 'operator.json'), 'utf8')) as Running['operator'],
    }
    const probe = new Session(
      running.baseUrl,
      running.caPem,
      running.operator,
      systemTimers(() => undefined),
    )
    const reply = await probe.send('nobody', 'GET', '/readyz').finally(() => probe.close())
    return reply.status === 200 ? running : undefined
  } catch {
    return undefined
  }
}
