import { isAscii, isUtf8 } from 'node:buffer'
import { parseUsageEvent } from '../../domain/metering/parse-usage-event.ts'
import { JsonRefusal, parseStrictJson } from '../../domain/metering/strict-json.ts'
import type { ParsedItem } from '../../domain/metering/usage-event.ts'
import { invalid, Refusal } from '../../domain/refusal.ts'
import { EventTemplates } from './event-templates.ts'
import { itemsMax, readJsonItems } from './json-items.ts'

export type Headers = Readonly<Record<string, string | string[] | undefined>>

const jsonTypes = new Set(['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'])
const lineTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl'])

/**
 * The items of a request in any of the forms: CloudEvents structured, batch and binary mode, NDJSON, and plain JSON.
 * What cannot be read at all is refused as a whole, with 400; an item that can be read and is wrong is refused alone.
 */
export function parseEvents(body: Uint8Array, headers: Headers, rawHeaders: readonly string[]): readonly ParsedItem[] {
  const type = mediaType(headerOf(headers, 'content-type'))
  if (!isUtf8(body)) throw invalid('InvalidUtf8', 'The body is not UTF-8. Send JSON in UTF-8.')
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const isStructured = type.startsWith('application/cloudevents')
  if (headers['ce-specversion'] !== undefined && !isStructured) return [parseBinary(bytes, headers, rawHeaders)]
  if (lineTypes.has(type)) return parseLines(bytes)
  if (jsonTypes.has(type)) return parseItems(bytes, type)
  throw new Refusal(
    'unsupported_media_type',
    'UnsupportedMediaType',
    `The content type ${JSON.stringify(type)} is not supported. Send ${[...jsonTypes, 'application/x-ndjson'].join(', ')}, ` +
      'or CloudEvents binary mode with ce- headers.',
  )
}

function parseItems(bytes: Buffer, type: string): readonly ParsedItem[] {
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8'
  const templates = new EventTemplates(bytes)
  const items: ParsedItem[] = []
  const isArray = readJsonItems(bytes, {
    readAt(start) {
      const matched = templates.match(start)
      if (!matched) return -1
      items.push(matched.item)
      return matched.end
    },
    read(start, end) {
      const item = parseUsageEvent(readWhole(bytes.toString(encoding, start, end), `Item ${items.length}: `))
      if (item.event && item.event.type !== 'usage') templates.learn(start, end, item.event)
      items.push(item)
    },
  })
  if (type === 'application/cloudevents+json' && isArray) {
    throw invalid('InvalidJson', 'The body is an array. Send a batch as application/cloudevents-batch+json.')
  }
  if (type === 'application/cloudevents-batch+json' && !isArray) {
    throw invalid(
      'InvalidJson',
      'The body of a batch must be an array. Send one event as application/cloudevents+json.',
    )
  }
  return items
}

function readWhole(text: string, where: string): unknown {
  try {
    return parseStrictJson(text)
  } catch (error) {
    if (error instanceof JsonRefusal) throw invalid(error.code, where + error.message)
    throw error
  }
}

/** A line that cannot be read ends at its line feed, so it is refused alone. */
function parseLines(bytes: Buffer): readonly ParsedItem[] {
  const items: ParsedItem[] = []
  for (let start = 0; start < bytes.length; ) {
    const lineFeed = bytes.indexOf(0x0a, start)
    const end = lineFeed < 0 ? bytes.length : lineFeed
    const text = bytes.toString('utf8', start, end).trim()
    start = end + 1
    if (text === '') continue
    if (items.length === itemsMax) {
      throw new Refusal(
        'too_large',
        'TooManyEvents',
        `A request may hold at most ${itemsMax} events. Send it in parts.`,
      )
    }
    items.push(parseEventText(text))
  }
  if (items.length === 0) throw invalid('InvalidJson', 'The body holds no event.')
  return items
}

export function parseEventText(text: string): ParsedItem {
  try {
    return parseUsageEvent(parseStrictJson(text))
  } catch (error) {
    if (error instanceof JsonRefusal) return { refusal: { code: error.code, message: error.message } }
    throw error
  }
}

function parseBinary(bytes: Buffer, headers: Headers, rawHeaders: readonly string[]): ParsedItem {
  const names = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!name.startsWith('ce-')) continue
    if (names.has(name)) throw invalid('DuplicateHeader', `The header ${name} stands twice. Send it once.`)
    names.add(name)
  }
  const event: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const name of names) event[name.slice(3)] = decodeHeader(name, headerOf(headers, name) ?? '')
  const contentType = headerOf(headers, 'content-type')
  if (contentType !== undefined) event.datacontenttype = contentType
  if (bytes.length > 0) {
    event.data = readWhole(bytes.toString('utf8'), 'The data of the event: ')
  }
  return parseUsageEvent(event)
}

/** The HTTP binding: first the quotes of a quoted string, then one round of percent-decoding as UTF-8. */
function decodeHeader(name: string, value: string): string {
  const unquoted = /^"(?:[^"\\]|\\.)*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
  try {
    if (!/^[\x20-\x7e]*$/.test(unquoted)) throw new URIError('not ASCII')
    const text = decodeURIComponent(unquoted)
    if (text.includes('\0')) throw new URIError('NUL')
    return text
  } catch {
    throw invalid('InvalidHeader', `The header ${name} is not percent-encoded UTF-8. Encode it as CloudEvents asks.`)
  }
}

function mediaType(contentType: string | undefined): string {
  const [type = '', ...parameters] = (contentType ?? '').split(';')
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'charset') continue
    if (!/^"?utf-?8"?$/i.test(value.trim())) {
      throw new Refusal('unsupported_media_type', 'UnsupportedMediaType', 'The charset must be utf-8.')
    }
  }
  return type.trim().toLowerCase()
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
