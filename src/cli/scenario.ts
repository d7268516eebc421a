import { z } from 'zod'
import type { HttpReply } from './https-client.ts'
import type { Session } from './session.ts'

const principalLine = z.strictObject({
  principal: z.union([
    z.strictObject({ name: z.string(), tenantId: z.string(), clientId: z.string(), clientSecret: z.string() }),
    z.strictObject({ name: z.string(), tenantId: z.string(), userId: z.string() }),
  ]),
})
const requestLine = z.strictObject({
  at: z.iso.datetime({ offset: true }).optional(),
  as: z.string().default('operator'),
  do: z.string().regex(/^(GET|HEAD|PUT|PATCH|POST|DELETE) \//, 'must be a method and a path'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  expect: z
    .strictObject({
      status: z.union([z.number(), z.array(z.number())]).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.unknown().optional(),
    })
    .optional(),
  save: z.record(z.string(), z.string()).optional(),
  note: z.string().optional(),
  rules: z.array(z.string()).optional(),
})
const noteLine = z.strictObject({ note: z.string(), rules: z.array(z.string()).optional() })

export type ScenarioLine = z.output<typeof requestLine> | z.output<typeof principalLine> | z.output<typeof noteLine>

export class ScenarioError extends Error {
  readonly lineNumber: number
  readonly reason: string
  constructor(lineNumber: number, reason: string, file?: string) {
    super(`${file === undefined ? '' : `${file}: `}line ${lineNumber}: ${reason}`)
    this.lineNumber = lineNumber
    this.reason = reason
  }
}

/** One JSON object a line; blank lines part paragraphs. */
export function parseScenario(text: string): { line: ScenarioLine; lineNumber: number }[] {
  return text.split('\n').flatMap((source, index) => {
    if (source.trim() === '') return []
    const lineNumber = index + 1
    let value: unknown
    try {
      value = JSON.parse(source)
    } catch (error) {
      throw new ScenarioError(lineNumber, `not JSON: ${(error as Error).message}`)
    }
    const members = Object.keys(value as object)
    const schema = members.includes('do') ? requestLine : members.includes('principal') ? principalLine : noteLine
    const parsed = schema.safeParse(value)
    if (!parsed.success)
      throw new ScenarioError(
        lineNumber,
        parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the line'}: ${issue.message}`).join('; '),
      )
    return [{ line: parsed.data, lineNumber }]
  })
}

export interface Played {
  readonly lineNumber: number
  readonly request: string
  readonly at: string | undefined
  readonly status: number
  readonly note: string | undefined
}

/** Plays the lines in order over HTTPS; a long-running operation is followed to its end before its expectation. */
export async function playScenario(
  session: Session,
  lines: readonly { line: ScenarioLine; lineNumber: number }[],
  onPlayed: (played: Played) => void,
): Promise<Map<string, unknown>> {
  const names = new Map<string, unknown>()
  let clock: string | undefined
  for (const { line, lineNumber } of lines) {
    if ('principal' in line) {
      const { name, ...credentials } = substitute(line.principal, names, lineNumber) as typeof line.principal
      session.introduce(name, credentials)
      continue
    }
    if (!('do' in line)) continue
    if (line.at !== undefined && line.at !== clock) {
      await setClock(session, line.at, lineNumber)
      clock = line.at
    }
    const request = substitute(line.do, names, lineNumber) as string
    const [method = '', ...rest] = request.split(' ')
    const headers = substitute(line.headers ?? {}, names, lineNumber) as Record<string, string>
    const body = substitute(line.body, names, lineNumber)
    const first = await session.send(line.as, method, rest.join(' '), body, headers)
    const reply = first.status === 202 ? await session.finish(line.as, first) : first
    check(line, reply, names, lineNumber, request)
    for (const [name, path] of Object.entries(line.save ?? {})) {
      const value = valueAt(reply.body, path)
      if (value === undefined)
        throw new ScenarioError(
          lineNumber,
          `the answer has no '${path}' to save as '${name}': ${JSON.stringify(reply.body)}`,
        )
      names.set(name, value)
    }
    onPlayed({ lineNumber, request, at: clock, status: reply.status, note: line.note })
  }
  return names
}

async function setClock(session: Session, now: string, lineNumber: number): Promise<void> {
  const reply = await session.send('operator', 'PUT', '/providers/Tenantry.Sandbox/clock?api-version=2026-11-01', {
    properties: { now },
  })
  if (reply.status !== 200)
    throw new ScenarioError(lineNumber, `the clock was not set to ${now}: ${JSON.stringify(reply.body)}`)
}

function substitute(value: unknown, names: Map<string, unknown>, lineNumber: number): unknown {
  if (typeof value === 'string') {
    const whole = /^\$\{([\w.-]+)\}$/.exec(value)?.[1]
    if (whole !== undefined) return known(names, whole, lineNumber)
    return value.replace(/\$\{([\w.-]+)\}/g, (_text, name: string) => String(known(names, name, lineNumber)))
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, names, lineNumber))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, names, lineNumber)]))
  return value
}

function known(names: Map<string, unknown>, name: string, lineNumber: number): unknown {
  if (!names.has(name)) throw new ScenarioError(lineNumber, `nothing was saved as '${name}' before this line`)
  return names.get(name)
}

/** `value.0.properties.subscriptionId`; `["@odata.type"]` for a name with a dot in it; `$` is the whole body. */
export function valueAt(body: unknown, path: string): unknown {
  let current = body
  for (const [text, quoted] of path.matchAll(/\["([^"]*)"\]|[^.[\]]+/g)) {
    if (text === '$') continue
    if (current === null || typeof current !== 'object') return undefined
    current = (current as Record<string, unknown>)[quoted ?? text]
  }
  return current
}

function check(
  line: z.output<typeof requestLine>,
  reply: HttpReply,
  names: Map<string, unknown>,
  lineNumber: number,
  request: string,
): void {
  const { expect } = line
  const shown = `${request} answered ${reply.status} ${JSON.stringify(reply.body) ?? ''}`
  const statuses = expect?.status === undefined ? undefined : [expect.status].flat()
  if (statuses ? !statuses.includes(reply.status) : reply.status >= 400)
    throw new ScenarioError(lineNumber, `expected ${statuses?.join(' or ') ?? 'success'}, but ${shown}`)
  for (const [name, value] of Object.entries(expect?.headers ?? {})) {
    if (reply.headers[name.toLowerCase()] !== substitute(value, names, lineNumber))
      throw new ScenarioError(
        lineNumber,
        `expected header ${name}: ${value}, but it is ${String(reply.headers[name.toLowerCase()])}`,
      )
  }
  if (expect?.body === undefined) return
  const difference = findDifference(substitute(expect.body, names, lineNumber), reply.body, '$')
  if (difference !== undefined) throw new ScenarioError(lineNumber, `${difference}; ${shown}`)
}

/** A subset: members and, in order, array items that are expected must be there; others may be there too. */
export function findDifference(expected: unknown, actual: unknown, path: string): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${path} is not a list`
    let from = 0
    for (const [index, item] of expected.entries()) {
      const found = actual.findIndex((candidate, at) => at >= from && findDifference(item, candidate, '') === undefined)
      if (found < 0) {
        const nearest = actual.length === 1 ? `: ${findDifference(item, actual[0], `${path}[0]`) ?? ''}` : ''
        return `${path} has no item like expected item ${index} ${JSON.stringify(item)}${nearest}`
      }
      from = found + 1
    }
    return expected.length === 0 && actual.length > 0 ? `${path} is not empty` : undefined
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object') return `${path} is not an object`
    for (const [key, value] of Object.entries(expected)) {
      const difference = findDifference(value, (actual as Record<string, unknown>)[key], `${path}.${key}`)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  return Object.is(expected, actual)
    ? undefined
    : `${path} is ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`
}
