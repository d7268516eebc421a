import { afterAll, beforeAll, expect, test } from 'vitest'
import { namespaceOf } from '../../src/http/openapi.ts'
import type { Operation } from '../../src/http/operation.ts'
import type { OperationContext } from '../../src/operations/context.ts'
import { allOperations } from '../../src/providers/all.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { bodies, openToEverybody, testedElsewhere } from './unauthorised.data.ts'
import { buildWorld, requestTo, type World } from './world.ts'

/**
 * Every operation is sent by nobody, by a member of the tenant without a role, and by a member of another
 * tenant. What is refused changes nothing; what is answered bears nothing of the customer's. An operation that is not
 * provided for here fails.
 */
const operations: readonly Operation<OperationContext>[] = allOperations({
  login: { publicKeys: () => [] },
  runDueWork: () => Promise.resolve(),
  isSandbox: true,
})
const secured = operations.filter((operation) => operation.authentication === 'bearer')
const nameOf = (operation: Operation<OperationContext>): string => `${namespaceOf(operation.path)}.${operation.id}`

let cloud: TestCloud
let world: World
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  world = await buildWorld(cloud)
})
afterAll(() => cloud.stop())

const takesBody = (operation: Operation<OperationContext>): boolean =>
  ['PUT', 'PATCH', 'POST'].includes(operation.method)

/** How many rows each table has and what they say, but for what is written beside every request. */
async function stateOfEverything(): Promise<string> {
  const { rows } = await cloud.running.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('idempotency_record', 'migration') order by 1",
  )
  const sums = await Promise.all(
    rows.map(async ({ name }) => {
      const sum = await cloud.running.pool.query<{ sum: string }>(
        `select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) as sum from ${name} t`,
      )
      return `${name} ${sum.rows[0]?.sum}`
    }),
  )
  return sums.join('\n')
}

test.each(secured.map((operation) => [nameOf(operation), operation] as const))(
  'S02: %s refuses who has no token',
  async (_name, operation) => {
    const { method, path } = requestTo(operation, world)
    const reply = await cloud.as(undefined).send(method, path, takesBody(operation) ? {} : undefined)
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toContain('Bearer')
  },
)

const tried = secured.filter((operation) => !testedElsewhere.has(nameOf(operation)))

test.each(tried.map((operation) => [nameOf(operation), operation] as const))(
  'S02, I-12: %s gives a stranger nothing and changes nothing for him',
  async (name, operation) => {
    const { method, path } = requestTo(operation, world)
    const hasBody = operation.body !== undefined || name in bodies
    if (hasBody) expect(Object.keys(bodies), `no body to try ${name} with`).toContain(name)
    const body = hasBody ? bodies[name] : takesBody(operation) ? {} : undefined
    const before = await stateOfEverything()
    const reply = await world.stranger.send(method, path, body)
    const text = `${JSON.stringify(reply.body)} ${JSON.stringify(reply.headers)}`
    if (openToEverybody.has(name)) expect(reply.status).toBeLessThan(300)
    else expect([401, 403, 404, 405], `${reply.status} ${text}`).toContain(reply.status)
    expect(text.toLowerCase().replaceAll(path.toLowerCase(), '')).not.toContain('canary customers')
    expect(text).not.toContain('Canary Contoso')
    expect(text).not.toContain('Mona Member')
    expect(await stateOfEverything()).toBe(before)
  },
)

const writes = tried.filter((operation) => takesBody(operation) || operation.method === 'DELETE')

test.each(
  writes
    .filter((operation) => !openToEverybody.has(nameOf(operation)))
    .map((operation) => [nameOf(operation), operation] as const),
)('S02: %s is refused to a member without a role, and changes nothing', async (name, operation) => {
  const { method, path } = requestTo(operation, world)
  const body = name in bodies ? bodies[name] : takesBody(operation) ? {} : undefined
  const before = await stateOfEverything()
  const reply = await world.member.send(method, path, body)
  expect([403, 404, 405], `${reply.status} ${JSON.stringify(reply.body)}`).toContain(reply.status)
  expect(await stateOfEverything()).toBe(before)
})
