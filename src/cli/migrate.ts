import { Command } from 'commander'
import { startTenantry } from '../app.ts'
import { readConfig } from '../config/config.ts'
import { print, say } from './output.ts'

export const migrateCommand = new Command('migrate')
  .description('Bring the database to the schema of this version, and stop.')
  .action(async () => {
    const running = await startTenantry({ ...readConfig(process.env, 'serve'), port: 0 }, { onProgress: say })
    await running.stop()
    print('The schema is up to date.')
  })
