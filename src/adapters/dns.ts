import { Resolver } from 'node:dns/promises'
import type { TextRecords } from '../domain/ports.ts'

// Two seconds a try and two tries keep a request that waits for a dead server short.
const patience = { timeout: 2000, tries: 2 }
const absence = new Set(['ENOTFOUND', 'ENODATA'])

/** Text records by the servers that are named, or by those of the machine. */
export function openDns(servers: readonly string[]): (name: string) => Promise<TextRecords> {
  const resolver = new Resolver(patience)
  if (servers.length > 0) resolver.setServers(servers)
  return async (name) => {
    try {
      const records = await resolver.resolveTxt(name)
      return { status: 'answered', texts: records.map((parts) => parts.join('')) }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      return absence.has(code) ? { status: 'answered', texts: [] } : { status: 'unreachable', reason: code }
    }
  }
}
