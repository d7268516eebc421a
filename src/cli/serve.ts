import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { RunningTenantry } from '../app.ts'
import { readConfig } from '../config/config.ts'
import { say } from './output.ts'

export const serveCommand = new Command('serve')
  .description('Serve for production: real clock, no sandbox, no demo data.')
  .option('--sandbox', 'serve as a sandbox instead: a clock that the operator sets, user tokens without a browser')
  .action(async (options: { sandbox?: boolean }) => {
    const config = readConfig(process.env, options.sandbox ? 'sandbox' : 'serve')
    // The whole house is loaded when it is needed, so that help and refusals come at once.
    const { startTenantry } = await import('../app.ts')
    const running = await startTenantry(config, { onProgress: say })
    say(`Serving at ${running.baseUrl}`)
    say(`  CA for clients      NODE_EXTRA_CA_CERTS=${running.caFile}`)
    say(`  operator's sign-in  ${join(resolve(config.dataDir), 'operator.json')}`)
    await serveUntilStopped(running)
  })

/** Serves until SIGINT or SIGTERM, or until the embedded database is lost; a second signal ends at once. */
export async function serveUntilStopped(running: RunningTenantry): Promise<void> {
  const cause = await new Promise<'asked' | 'lost'>((done) => {
    process.once('SIGINT', () => done('asked'))
    process.once('SIGTERM', () => done('asked'))
    void running.databaseLost.then(() => done('lost'))
  })
  process.on('SIGINT', () => process.exit(1))
  if (cause === 'lost')
    say('The database ended unexpectedly; stopping. Start again: it recovers what was acknowledged.')
  else say('Stopping: finishing what is in hand …')
  await running.stop()
  process.exit(cause === 'asked' ? 0 : 1)
}
