import { Agent, request as httpsRequest } from 'node:https'

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  /** The body as it came. */
  readonly bytes: Uint8Array
}

/** A client of one origin that trusts exactly one CA. */
export class HttpsClient {
  readonly #origin: URL
  readonly #agent: Agent

  constructor(origin: string, caPem: string | undefined) {
    this.#origin = new URL(origin)
    this.#agent = new Agent({ ...(caPem === undefined ? {} : { ca: caPem }), keepAlive: true })
  }

  send(
    method: string,
    path: string,
    headers: Record<string, string>,
    payload?: string | Uint8Array,
  ): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#origin
      const call = httpsRequest(
        { host: hostname, port: port || 443, method, path, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const bytes = Buffer.concat(chunks)
            const isJson = response.headers['content-type']?.includes('json') === true
            const body =
              bytes.length === 0 ? undefined : isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : bytes
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body, bytes })
          })
        },
      )
      call.on('error', reject)
      if (payload !== undefined) call.write(payload)
      call.end()
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
