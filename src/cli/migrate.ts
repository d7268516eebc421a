import { Command } from 'commander'
import { readConfig } from '../config/config.ts'
import { print, say } from './output.ts'

export const migrateCommand = new Command('migrate')
  .description('Bring the database to the schema of this version, and stop.')
  .action(async () => {
    const config = readConfig(process.env, 'serve')
    const { startTenantry } = await import('../app.ts')
    const running = await startTenantry({ ...config, port: 0 }, { onProgress: say })
    await running.stop()
    print('The schema is up to date.')
  })
