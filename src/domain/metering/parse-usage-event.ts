import {
  type AuthenticationOutcome,
  authenticationKinds,
  otherSignInKinds,
  type SecondFactorKind,
  type SignInKind,
  secondFactorKinds,
  type UserType,
} from './authentication.ts'
import { readExactDecimal } from './exact-decimal.ts'
import { findInstantMs } from './instant.ts'
import { ExactNumber } from './strict-json.ts'
import type { ItemRefusal, ParsedItem, ResourceUsageEvent, SignInEvent } from './usage-event.ts'

export const eventTypes = {
  authentication: 'tenantry.authentication.v1',
  secondFactor: 'tenantry.second-factor.v1',
  usage: 'tenantry.usage.v1',
} as const
const stackUsage = 'tenantry.stack-usage.v1'

const textMax = 256
const resourceIdMax = 2048
const tagsMax = 50
const yearFirst = Date.UTC(1970, 0, 1)
const yearLast = Date.UTC(9999, 0, 1)

type Members = Readonly<Record<string, unknown>>

/** Turns the JSON of one CloudEvents 1.0 event into a usage event, or says which field is wrong and what cures it. */
export function parseUsageEvent(value: unknown): ParsedItem {
  if (!isMembers(value)) return refused('InvalidEvent', 'An event must be a JSON object.')
  const { id } = value
  const refusal = checkEnvelope(value)
  if (refusal) return { refusal, id: typeof id === 'string' ? id : undefined }
  const parsed = parseTyped(value)
  return parsed.refusal ? { refusal: parsed.refusal, id: id as string } : parsed
}

function checkEnvelope(event: Members): ItemRefusal | undefined {
  if (event.specversion !== '1.0') {
    return wrong('specversion', 'must be "1.0"; Tenantry takes CloudEvents 1.0')
  }
  const problem = textProblem(event.id, textMax) ?? ''
  if (problem) return wrong('id', problem)
  const sourceProblem = textProblem(event.source, textMax)
  if (sourceProblem) return wrong('source', sourceProblem)
  const type = event.type
  if (type === stackUsage) {
    return {
      code: 'EventTypeNotSupported',
      message: `The event type ${stackUsage} is not supported yet. Report the usage as ${eventTypes.usage} with the resource as subject.`,
    }
  }
  if (type !== eventTypes.authentication && type !== eventTypes.secondFactor && type !== eventTypes.usage) {
    const known = Object.values(eventTypes).join(', ')
    return typeof type === 'string' && type !== ''
      ? { code: 'EventTypeNotSupported', message: `The event type ${shown(type)} is not known. Send one of ${known}.` }
      : wrong('type', `must be one of ${known}`)
  }
  const content = event.datacontenttype
  if (content !== undefined && content !== 'application/json' && !isJsonContent(content)) {
    return wrong('datacontenttype', 'must be application/json; send the data as JSON')
  }
  if (event.data_base64 !== undefined) return wrong('data_base64', 'is not supported; send data as a JSON object')
  if (!isMembers(event.data)) return wrong('data', 'must be a JSON object')
  return undefined
}

function parseTyped(event: Members): ParsedItem {
  const data = event.data as Members
  if (event.type === eventTypes.usage) return parseResourceUsage(event, data)

  const time = readInstant(event.time)
  if (time === undefined) return refusedField('time', instantProblem)
  const subjectProblem = textProblem(event.subject, textMax)
  if (subjectProblem) return refusedField('subject', userProblem(subjectProblem))
  const identityTenantId = findGuid(data.tenantId)
  if (identityTenantId === undefined)
    return refusedField('data.tenantId', 'must be the GUID of the tenant signed in to')
  const type = event.type === eventTypes.authentication ? 'authentication' : 'secondFactor'
  const kind = findIn(type === 'authentication' ? signInKindsBySpelling : secondFactorKindsBySpelling, data.kind)
  if (kind === undefined) return refusedField('data.kind', kindProblems[type])
  const userType = findIn(userTypesBySpelling, data.userType)
  if (userType === undefined && data.userType !== undefined && data.userType !== null) {
    return refusedField('data.userType', 'must be Member, Guest or ServicePrincipal, or left out')
  }
  const outcome = findIn(outcomesBySpelling, data.outcome)
  if (outcome === undefined && data.outcome !== undefined && data.outcome !== null) {
    return refusedField('data.outcome', 'must be success or failure, or left out')
  }
  return {
    event: {
      type,
      source: event.source as string,
      id: event.id as string,
      subject: event.subject as string,
      usageAtMs: time,
      identityTenantId,
      kind,
      userType,
      outcome,
    },
  }
}

/** The event that `model` would be with these four texts; what they may be is checked as ever. */
export function refillSignIn(
  model: SignInEvent,
  id: string,
  time: string,
  subject: string,
  tenantId: string,
): ParsedItem {
  const idProblem = textProblem(id, textMax)
  if (idProblem) return { refusal: wrong('id', idProblem), id }
  const usageAtMs = readInstant(time)
  if (usageAtMs === undefined) return { refusal: wrong('time', instantProblem), id }
  const subjectProblem = textProblem(subject, textMax)
  if (subjectProblem) return { refusal: wrong('subject', userProblem(subjectProblem)), id }
  const identityTenantId = tenantId === model.identityTenantId ? model.identityTenantId : findGuid(tenantId)
  if (identityTenantId === undefined) return { refusal: wrong('data.tenantId', tenantProblem), id }
  const { type, source, kind, userType, outcome } = model
  return { event: { type, source, id, subject, usageAtMs, identityTenantId, kind, userType, outcome } }
}

function parseResourceUsage(event: Members, data: Members): ParsedItem {
  const occurredAtMs = readInstant(event.time)
  if (occurredAtMs === undefined) return refusedField('time', instantProblem)
  const subjectProblem = textProblem(event.subject, resourceIdMax)
  if (subjectProblem) return refusedField('subject', `${subjectProblem}; it is the id of the resource`)
  const meterProblem = textProblem(data.meterId, textMax)
  if (meterProblem) return refusedField('data.meterId', meterProblem)
  const usageAtMs = readInstant(data.usageStart)
  if (usageAtMs === undefined) return refusedField('data.usageStart', instantProblem)
  const usageEndAtMs = readInstant(data.usageEnd)
  if (usageEndAtMs === undefined) return refusedField('data.usageEnd', instantProblem)
  if (usageEndAtMs < usageAtMs) return refusedField('data.usageEnd', 'must not be before data.usageStart')
  const quantity = readQuantity(data.quantity)
  if ('problem' in quantity) return refusedField('data.quantity', quantity.problem)
  const { location } = data
  if (location !== undefined && location !== null) {
    const locationProblem = textProblem(location, textMax)
    if (locationProblem) return refusedField('data.location', locationProblem)
  }
  const tags = readTags(data.tags)
  if (typeof tags === 'string') return refusedField('data.tags', tags)
  const parsed: ResourceUsageEvent = {
    type: 'usage',
    source: event.source as string,
    id: event.id as string,
    subject: event.subject as string,
    usageAtMs,
    occurredAtMs,
    usageEndAtMs,
    meterId: (data.meterId as string).toLowerCase(),
    quantity: quantity.text,
    location: typeof location === 'string' ? location : undefined,
    tags,
  }
  return { event: parsed }
}

const userProblem = (problem: string): string => `${problem}; it is the id of the user`
const tenantProblem = 'must be the GUID of the tenant signed in to'
const instantProblem =
  'must be an RFC 3339 date-time with an offset, such as 2026-10-05T08:30:00.000Z, between 1970 and 9998'

function readInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const instant = findInstantMs(value)
  return instant !== undefined && instant >= yearFirst && instant < yearLast ? instant : undefined
}

function readQuantity(value: unknown): { readonly text: string } | { readonly problem: string } {
  const source = value instanceof ExactNumber ? value.source : typeof value === 'number' ? String(value) : value
  if (typeof source !== 'string') return { problem: 'must be a number, or a decimal in a text' }
  const decimal = readExactDecimal(source)
  if ('text' in decimal && decimal.text.startsWith('-')) {
    return { problem: 'must not be negative; corrections are made by credit note' }
  }
  return decimal
}

function readTags(value: unknown): Record<string, string> | undefined | string {
  if (value === undefined || value === null) return undefined
  if (!isMembers(value)) return 'must be an object of texts'
  const names = Object.keys(value)
  if (names.length > tagsMax) return `must have at most ${tagsMax} members`
  const tags: Record<string, string> = {}
  for (const name of names) {
    const tag = value[name]
    if (name === '' || name.length > textMax * 2) return 'must have names of 1 to 512 characters'
    if (typeof tag !== 'string' || tag.length > textMax) return `must have texts of at most ${textMax} characters`
    tags[name] = tag
  }
  return names.length > 0 ? tags : undefined
}

function textProblem(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string') return 'must be a text'
  if (value === '') return 'must not be empty'
  if (value.length > lengthMax) return `must have at most ${lengthMax} characters`
  return undefined
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The tenants of a request are few, so nearly always the last answers are asked for again. */
const knownGuids = new Map<string, string>()
const knownGuidsMax = 2000

function findGuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const known = knownGuids.get(value)
  if (known !== undefined) return known
  if (!guid.test(value)) return undefined
  if (knownGuids.size === knownGuidsMax) knownGuids.clear()
  const lower = value.toLowerCase()
  knownGuids.set(value, lower)
  return lower
}

function isJsonContent(value: unknown): boolean {
  return typeof value === 'string' && /^application\/(?:[\w.+-]+\+)?json(?:\s*;.*)?$/i.test(value)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}

/** The names of a closed set, found without regard to case and separators; also under the other names given. */
function spellings<T extends string>(names: readonly T[], others: Readonly<Record<string, T>> = {}): Map<string, T> {
  return new Map([
    ...names.map((name): [string, T] => [name, name]),
    ...names.map((name): [string, T] => [name.toLowerCase(), name]),
    ...Object.entries(others),
  ])
}

const signInKindsBySpelling = spellings<SignInKind>([...authenticationKinds, ...otherSignInKinds], {
  signin: 'interactiveSignIn',
  interactive: 'interactiveSignIn',
  singlesignon: 'silentSignIn',
  sso: 'silentSignIn',
  selfservicepasswordreset: 'passwordReset',
  refresh: 'tokenRefresh',
})
const secondFactorKindsBySpelling = spellings<SecondFactorKind>(secondFactorKinds, { phone: 'phoneCall' })
const userTypesBySpelling = spellings<UserType>(['Member', 'Guest', 'ServicePrincipal'], { consumer: 'Member' })
const outcomesBySpelling = spellings<AuthenticationOutcome>(['success', 'failure'], {
  succeeded: 'success',
  failed: 'failure',
})

function findIn<T extends string>(names: ReadonlyMap<string, T>, value: unknown): T | undefined {
  if (typeof value !== 'string') return undefined
  return names.get(value) ?? (value.length <= 40 ? names.get(value.toLowerCase().replace(/[-_ ]/g, '')) : undefined)
}

const kindProblems = {
  authentication: `must be one of ${[...authenticationKinds, ...otherSignInKinds].join(', ')}`,
  secondFactor: `must be one of ${secondFactorKinds.join(', ')}`,
}

function wrong(field: string, problem: string): ItemRefusal {
  return { code: 'InvalidEvent', message: `The attribute ${field} ${problem}.` }
}

function refusedField(field: string, problem: string): ParsedItem {
  return { refusal: wrong(field, problem) }
}

function refused(code: string, message: string): ParsedItem {
  return { refusal: { code, message } }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
