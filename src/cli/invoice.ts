import { Command } from 'commander'
import { print, printJson, say } from './output.ts'
import { reachServer } from './server-access.ts'

export const invoiceCommand = new Command('invoice')
  .description('Close a month and issue its invoices, or show what they would be.')
  .requiredOption('--period <yyyy-mm>', 'the month, as 2026-10')
  .option('--preview', 'issue nothing; show what would be issued')
  .option('--json', 'print the answer as JSON')
  .action(async (options: { period: string; preview?: boolean; json?: boolean }) => {
    const server = await reachServer('serve', say)
    try {
      const path = `/providers/Tenantry.Billing/invoiceRuns/${encodeURIComponent(options.period)}`
      const version = 'api-version=2026-11-01'
      const first = options.preview
        ? await server.session.send('operator', 'POST', `${path}/preview?${version}`)
        : await server.session.send('operator', 'PUT', `${path}?${version}`, { properties: {} })
      const reply = await server.session.finish('operator', first)
      if (reply.status >= 400) {
        const { error } = reply.body as { error: { code: string; message: string } }
        say(`${error.code}: ${error.message}`)
        process.exitCode = 1
        return
      }
      if (options.json) printJson(reply.body)
      else print(summaryOf(reply.body))
    } finally {
      await server.close()
    }
  })

function summaryOf(body: unknown): string {
  const { properties } = body as { properties?: Record<string, unknown> }
  return Object.entries(properties ?? { result: body })
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}
