import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namespaceOf } from '../../src/http/openapi.ts'
import type { Operation } from '../../src/http/operation.ts'
import type { OperationContext } from '../../src/operations/context.ts'
import { allOperations } from '../../src/providers/all.ts'
import type { Reply, TestCloud } from '../support/cloud.ts'
import { startTestCloud } from '../support/cloud.ts'
import { type DnsServer, startDnsServer } from '../support/dns-server.ts'
import {
  actsAgain,
  changesWithoutRecord,
  leavesSeveral,
  notWalked,
  notWalkedAtMost,
  recordsTheAct,
  refusesRepeats,
  saysNothing,
  worksLater,
} from './exceptions.ts'
import { graphExceptions, graphOfNamespace, graphOfTable } from './graphs.ts'
import {
  type AuditRow,
  auditRowsAfter,
  changesBetween,
  lastAuditSequence,
  listTables,
  type TableChange,
  takeSnapshot,
} from './snapshot.ts'
import { Stage, type Sent, type Success } from './stage.ts'
import { directorySuccesses } from './successes/directory.ts'
import { installationSuccesses } from './successes/installation.ts'
import { collaborationSuccesses } from './successes/collaboration.ts'
import { directoryChangeSuccesses } from './successes/directory-change.ts'
import { domainSuccesses } from './successes/domain.ts'
import { transferSuccesses } from './successes/transfer.ts'
import { moneySuccesses } from './successes/money.ts'
import { partnerSuccesses } from './successes/partner.ts'
import { productSuccesses } from './successes/product.ts'
import { resourceSuccesses } from './successes/resources.ts'
import { associationSuccesses } from './successes/association.ts'
import { guestSuccesses } from './successes/guest.ts'
import { signInSuccesses } from './successes/sign-in.ts'
import { supportSuccesses } from './successes/support.ts'

/**
 * Every operation that writes is brought to succeed over HTTP on one customer with everything, and everything in the
 * database is compared before and after: what changed has its record from the same commit, and of the three graphs only
 * its own changed.
 */
const operations = allOperations({
  login: { publicKeys: () => [] },
  runDueWork: () => Promise.resolve(),
  isSandbox: true,
}).filter(({ method }) => method !== 'GET' && method !== 'HEAD')
const nameOf = (operation: Operation<OperationContext>): string => `${namespaceOf(operation.path)}.${operation.id}`
const byName = new Map(operations.map((operation) => [nameOf(operation), operation]))

/** In this order, because the clock only goes forward. */
const successes: ReadonlyMap<string, Success> = new Map(
  Object.entries({
    ...signInSuccesses,
    ...directorySuccesses,
    ...resourceSuccesses,
    ...collaborationSuccesses,
    ...guestSuccesses,
    ...supportSuccesses,
    ...directoryChangeSuccesses,
    ...domainSuccesses,
    ...productSuccesses,
    ...moneySuccesses,
    ...transferSuccesses,
    ...associationSuccesses,
    ...partnerSuccesses,
    ...installationSuccesses,
  }),
)
const walked = [...successes.keys()].filter((name) => byName.has(name))

let cloud: TestCloud
let dns: DnsServer
let stage: Stage
beforeAll(async () => {
  dns = await startDnsServer()
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z', env: { TENANTRY_DNS_SERVERS: dns.address } })
  stage = await Stage.build(cloud, dns)
}, 120_000)
afterAll(async () => {
  await cloud?.stop()
  await dns?.stop()
})

interface Seen {
  readonly reply: Reply
  /** By table, without what is only a trace. */
  readonly changed: ReadonlyMap<string, TableChange>
  readonly records: readonly AuditRow[]
}
interface Observation {
  readonly first: Seen
  /** The same PUT or PATCH once more. */
  readonly again: Seen | undefined
}
const observations = new Map<string, Observation>()

async function observe(name: string): Promise<Observation> {
  const known = observations.get(name)
  if (known) return known
  const [operation, success] = [byName.get(name), successes.get(name)]
  if (!operation || !success) throw new Error(`${name} is not walked`)
  const sent = await success(stage)
  const path = sent.path.split('?', 1)[0] ?? ''
  expect(path, `the success of ${name} goes to another operation`).toMatch(patternOf(operation.path))
  const first = await see(operation, sent)
  const isRepeatable = ['PUT', 'PATCH'].includes(operation.method) && !(name in refusesRepeats)
  const observation = { first, again: isRepeatable ? await see(operation, sent) : undefined }
  observations.set(name, observation)
  return observation
}

async function see(operation: Operation<OperationContext>, sent: Sent): Promise<Seen> {
  const { as, path, body, headers } = sent
  const [before, sequence] = [await takeSnapshot(cloud), await lastAuditSequence(cloud)]
  let reply = await as.send(operation.method, path, body, { ...headers })
  if (reply.status === 202) reply = await as.finish(reply)
  expect(reply.status, `${operation.id}: ${JSON.stringify(reply.body)}`).toBeLessThan(400)
  if (sent.status !== undefined) expect(reply.status, operation.id).toBe(sent.status)
  if (sent.says !== undefined) expect(reply.body, operation.id).toContain(sent.says)
  const changes = changesBetween(before, await takeSnapshot(cloud))
  const secret = (reply.body as { secretText?: string } | undefined)?.secretText
  if (secret !== undefined) stage.secrets.add(secret)
  return {
    reply,
    changed: new Map([...changes].filter(([table]) => graphOfTable.get(table) !== 'trace')),
    records: await auditRowsAfter(cloud, sequence),
  }
}

function patternOf(path: string): RegExp {
  const text = path
    .replaceAll(/[.()'$]/g, String.raw`\$&`)
    .replace(/^\{scope\}/, '.*')
    .replaceAll(/\{[^}]*\*\}/g, '.+')
    .replaceAll(/\{[^}]*\}/g, '[^/]+')
  return new RegExp(`^/?${text}$`, 'i')
}

test('I-17: every operation that writes is walked, or is in the list of those that are not, which only gets shorter', () => {
  const missing = [...byName.keys()].filter((name) => !successes.has(name) && !(name in notWalked))
  expect(missing, 'give each a success in test/walk/successes, beside its like').toEqual([])
  expect(
    [...successes.keys()].filter((name) => !byName.has(name)),
    'no such operation',
  ).toEqual([])
  expect(Object.keys(notWalked).filter((name) => successes.has(name) || !byName.has(name))).toEqual([])
  expect(Object.keys(notWalked).length).toBeLessThanOrEqual(notWalkedAtMost)
  for (const [name, reason] of Object.entries(notWalked)) {
    const [shownBy = ''] = /test\/\S+\.test\.ts/.exec(reason) ?? []
    expect(existsSync(shownBy), `${name}: '${reason}' names no test that there is`).toBe(true)
  }
  for (const list of [
    worksLater,
    leavesSeveral,
    actsAgain,
    refusesRepeats,
    saysNothing,
    recordsTheAct,
    changesWithoutRecord,
  ])
    expect(Object.keys(list).filter((name) => !byName.has(name))).toEqual([])
})

test.each(walked)(
  'I-17: %s leaves a record of what it changed, in the same commit, and none of what it did not',
  async (name) => {
    const { first, again } = await observe(name)
    for (const seen of again ? [first, again] : [first]) expectRecorded(name, seen)
    if (!again || name in actsAgain) return
    const tables = [...again.changed.keys()]
    expect(tables, 'the same once more changes nothing, or has a reason in test/walk/exceptions.ts').toEqual([])
  },
)

function expectRecorded(name: string, { reply, changed, records }: Seen): void {
  const tables = [...changed.keys()]
  if (name in changesWithoutRecord) return
  if (tables.length === 0 && name in recordsTheAct) return
  if (tables.length === 0) {
    expect(
      records.map((record) => record.action),
      'nothing changed, and there is a record',
    ).toEqual([])
    return
  }
  const actions = records.map((record) => record.action)
  expect(actions, `${tables.join(', ')} changed without a record`).not.toEqual([])
  expect(actions.toSorted(), 'one record, or those that test/walk/exceptions.ts names').toEqual(
    leavesSeveral[name] ?? [expect.any(String)],
  )
  const committed = new Set(records.map((record) => record.writer))
  for (const [table, { writers }] of changed)
    if (!(name in worksLater))
      expect(
        [...writers].filter((writer) => !committed.has(writer)),
        `${table} was written without a record`,
      ).toEqual([])
  const correlationId = reply.headers['x-ms-correlation-request-id'] ?? reply.headers['request-id']
  for (const record of records) {
    expect(record.principal_id, 'who').not.toBeNull()
    expect(record.action, 'what').toMatch(/^[\w.]+(\/[\w.]+)+$/)
    expect(record.scope, 'on what').toMatch(/^\//)
    expect(record.correlation_id, 'of which request').toMatch(/^[\w-]{20,}$/)
    if (!(name in worksLater) && !(name in saysNothing))
      expect(record.before ?? record.after, `${record.action} says neither before nor after`).not.toBeNull()
  }
  if (correlationId !== undefined && !(name in worksLater) && reply.status !== 202)
    expect(new Set(records.map((record) => record.correlation_id)).size).toBe(1)
}

test('SUB-20: every table and every namespace belongs to one graph, or to none for a reason', async () => {
  const tables = await listTables(cloud)
  expect(
    tables.filter((table) => !graphOfTable.has(table)),
    'say in specs/graphs.tsv which graph each of these tables belongs to',
  ).toEqual([])
  expect(
    [...graphOfTable.keys()].filter((table) => !tables.includes(table)),
    'no such table',
  ).toEqual([])
  const namespaces = [...new Set(operations.map((operation) => namespaceOf(operation.path)))]
  expect(
    namespaces.filter((namespace) => !graphOfNamespace.has(namespace)),
    'say in specs/graphs.tsv which graph the operations of each of these namespaces belong to',
  ).toEqual([])
})

const graphs = ['directory', 'resources', 'money'] as const

test.each(walked)('SUB-20: %s leaves the graphs that are not its own byte for byte as they were', async (name) => {
  const operation = byName.get(name)
  if (!operation) throw new Error(`no operation ${name}`)
  const own = graphOfNamespace.get(namespaceOf(operation.path))
  const { first, again } = await observe(name)
  const excepted = graphExceptions.filter((exception) => exception.operation === name)
  for (const graph of graphs) {
    if (graph === own || excepted.some((exception) => exception.graph === graph)) continue
    for (const seen of again ? [first, again] : [first]) {
      const touched = [...seen.changed.keys()].filter((table) => graphOfTable.get(table) === graph)
      expect(
        touched,
        `${name} belongs to ${own} and changes ${graph}; no exception in specs/graph-exceptions.tsv`,
      ).toEqual([])
    }
  }
  for (const { graph, rule } of excepted) {
    const touched = [...first.changed.keys()].filter((table) => graphOfTable.get(table) === graph)
    expect(touched, `the exception of ${name} by ${rule} is not one: ${graph} did not change`).not.toEqual([])
  }
})

test('SUB-20: each exception names its rule and an operation that there is', () => {
  for (const { operation, rule, why } of graphExceptions) {
    expect(byName.has(operation), operation).toBe(true)
    expect(rule).toMatch(/^[A-Z]+-\d+$/)
    expect(why).not.toBe('')
  }
})

test('I-17: no record holds a secret: no password, no client secret, and no hash of one', async () => {
  for (const name of walked) await observe(name)
  const { rows } = await cloud.running.pool.query<{ secret: string }>(`
    select password_hash as secret from user_account where password_hash is not null
    union select secret_hash from application_password`)
  const secrets = [...stage.secrets, ...rows.map(({ secret }) => secret)]
  expect(secrets.length).toBeGreaterThan(5)
  const records = await auditRowsAfter(cloud, '0')
  for (const secret of secrets) {
    const found = records.filter((record) => record.text.includes(secret)).map((record) => record.action)
    expect(found, 'a secret stands in these records').toEqual([])
  }
})
