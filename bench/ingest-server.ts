import { startTenantry } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'

/** The server of the ingest benchmark, in a process of its own: its memory and pauses are then its own, too. */
const running = await startTenantry(
  readConfig({ TENANTRY_DATA_DIR: process.argv[2], TENANTRY_PORT: '0', TENANTRY_LOG_LEVEL: 'error' }, 'sandbox'),
)
const { baseUrl, caFile, operator, databaseUrl } = running
process.send?.({ baseUrl, caFile, operator, databaseUrl })
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ memory: process.memoryUsage().rss, cpu: process.cpuUsage() })
  if (message === 'stop') void running.stop().then(() => process.connected && process.disconnect?.())
})
