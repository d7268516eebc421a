import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface DnsServer {
  /** As `TENANTRY_DNS_SERVERS` takes it. */
  readonly address: string
  /** The text records of each name; what is not there does not exist. */
  readonly records: Map<string, string[]>
  /** Names that the server fails to answer. */
  readonly broken: Set<string>
  readonly asked: string[]
  stop(): Promise<void>
}

const textType = 16

/** A name server over UDP that knows text records only. */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, string[]>()
  const broken = new Set<string>()
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, question } = questionOf(query)
    asked.push(name)
    const texts = type === textType ? (records.get(name) ?? []) : []
    const code = broken.has(name) ? 2 : records.has(name) ? 0 : 3
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8580 | code, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(code === 0 ? texts.length : 0, 6)
    socket.send(Buffer.concat([header, question, ...(code === 0 ? texts.map(answerOf) : [])]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    broken,
    asked,
    async stop() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function questionOf(query: Buffer): { name: string; type: number; question: Buffer } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1),
    question: query.subarray(12, at + 5),
  }
}

/** A record longer than 255 bytes goes in parts, which the client puts together. */
function answerOf(text: string): Buffer {
  const parts = text.match(/[^]{1,200}/g) ?? ['']
  const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])))
  const fixed = Buffer.alloc(12)
  fixed.writeUInt16BE(0xc00c, 0)
  fixed.writeUInt16BE(textType, 2)
  fixed.writeUInt16BE(1, 4)
  fixed.writeUInt32BE(60, 6)
  fixed.writeUInt16BE(data.length, 10)
  return Buffer.concat([fixed, data])
}
