import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  countAnswer(operationId: string, status: number): void
}

export function createMetrics(openOperations: () => Promise<number>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const answers = new Counter({
    name: 'tenantry_answers_total',
    help: 'Answers by operation and status.',
    labelNames: ['operation', 'status'] as const,
    registers: [registry],
  })
  const open = new Gauge({
    name: 'tenantry_long_running_operations_open',
    help: 'Long-running operations that have not ended.',
    registers: [registry],
    async collect() {
      open.set(await openOperations())
    },
  })
  return {
    registry,
    countAnswer: (operation, status) => answers.inc({ operation, status: String(status) }),
  }
}

export interface HealthPorts {
  readonly metrics: Metrics
  /** Throws when the server could not answer a request now. */
  checkReady(): Promise<void>
  openApi(): unknown
}

/** Alive, ready, measured, described: what an operator's tools ask for without signing in. */
export function healthPlugin(ports: HealthPorts): (app: FastifyInstance) => void {
  return (app) => {
    app.get('/healthz', (_request, reply) => reply.type('application/json').send('{"status":"alive"}'))
    app.get('/readyz', async (_request, reply) => {
      try {
        await ports.checkReady()
        return await reply.type('application/json').send('{"status":"ready"}')
      } catch {
        return reply
          .code(503)
          .header('retry-after', '2')
          .type('application/json')
          .send('{"error":{"code":"ServiceUnavailable","message":"The database does not answer. Repeat in a moment."}}')
      }
    })
    app.get('/metrics', async (_request, reply) =>
      reply.type(ports.metrics.registry.contentType).send(await ports.metrics.registry.metrics()),
    )
    app.get('/openapi.json', (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(ports.openApi())),
    )
  }
}
