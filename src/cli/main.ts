import { Command } from 'commander'
import { ConfigurationError } from '../config/config.ts'
import { auditCommand } from './audit.ts'
import { benchCommand } from './bench.ts'
import { demoCommand } from './demo.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { invoiceCommand } from './invoice.ts'
import { migrateCommand } from './migrate.ts'
import { say } from './output.ts'
import { replayCommand } from './replay.ts'
import { ScenarioError } from './scenario.ts'
import { serveCommand } from './serve.ts'

const program = new Command('tenantry')
  .description('Who used what, in which tenant, and who pays for it.')
  .version('0.1.0')
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nConfiguration is by environment (TENANTRY_DATA_DIR, TENANTRY_PORT, DATABASE_URL …): docs/operating/configuration.md.\nExit codes: 0 done, 1 failed or refused, 2 wrong usage or configuration, 3 the audit found a broken invariant.',
  )
  .addCommand(serveCommand)
  .addCommand(demoCommand)
  .addCommand(replayCommand)
  .addCommand(migrateCommand)
  .addCommand(invoiceCommand)
  .addCommand(importCommand)
  .addCommand(exportCommand)
  .addCommand(auditCommand)
  .addCommand(benchCommand)
for (const command of [program, ...program.commands, ...exportCommand.commands])
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

// A signal that nobody handles would end the program without its last steps, and leave a database of its own behind.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const)
  process.once(signal, () => {
    if (process.listenerCount(signal) === 0) process.exit(128 + number)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof ConfigurationError) {
    say(error.message)
    process.exit(2)
  }
  if (error instanceof ScenarioError || (error instanceof Error && 'code' in error)) say(error.message)
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}
