import type { AddressInfo, Server, Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** How the server treats the next message; afterwards it accepts again. */
export type Mood = 'accept' | 'defer' | 'refuse' | 'hang' | 'drop'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Header and body as they came, lines unfolded. */
  readonly source: string
  readonly headers: ReadonlyMap<string, string>
}

export interface MailServer {
  readonly url: string
  readonly received: ReceivedMail[]
  /** Messages that were read to their end, whatever was answered. */
  readonly readToTheEnd: string[]
  expect(...moods: Mood[]): void
  stop(): Promise<void>
}

/** A real SMTP server on this machine. */
export async function startMailServer(): Promise<MailServer> {
  const moods: Mood[] = []
  const received: ReceivedMail[] = []
  const readToTheEnd: string[] = []
  const sockets = new Set<Socket>()
  const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code })
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    logger: false,
    onMailFrom(_address, _session, done) {
      const [mood] = moods
      if (mood !== 'defer' && mood !== 'refuse') return done()
      moods.shift()
      return done(mood === 'defer' ? refusal(451, 'Greylisted, come back later') : refusal(550, 'No such mailbox'))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const source = Buffer.concat(chunks).toString('utf8')
        readToTheEnd.push(source)
        const mood = moods.shift() ?? 'accept'
        if (mood === 'hang') return
        if (mood === 'drop') {
          for (const socket of sockets) socket.destroy()
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source,
          headers: headersOf(source),
        })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  const listening: Server = server.server
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    readToTheEnd,
    expect: (...wanted) => void moods.splice(0, moods.length, ...wanted),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

export function headersOf(source: string): Map<string, string> {
  const [head = ''] = source.split('\r\n\r\n', 1)
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** The readable text of a message: its first text part, decoded. */
export function textOf(source: string): string {
  return partOf(source, 'text/plain')
}

export const htmlOf = (source: string): string => partOf(source, 'text/html')

function partOf(source: string, type: string): string {
  const at = source.toLowerCase().indexOf(`content-type: ${type}`)
  if (at < 0) return ''
  const headStart = Math.max(source.lastIndexOf('\r\n\r\n', at), source.lastIndexOf('\r\n--', at), 0)
  const bodyStart = source.indexOf('\r\n\r\n', at) + 4
  const end = source.indexOf('\r\n--', bodyStart)
  const body = source.slice(bodyStart, end < 0 ? undefined : end)
  const head = source.slice(headStart, bodyStart).toLowerCase()
  if (head.includes('base64')) return Buffer.from(body, 'base64').toString('utf8')
  if (!head.includes('quoted-printable')) return body
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_text, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
