import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, queryValue } from '../../http/operation.ts'
import { nextLinkOf, readPage, splitPage } from '../../http/paging.ts'

export type Entity = Readonly<Record<string, unknown>>

/** What is common to everything here: Graph has no api-version, and its own form of an error. */
export const graph = { apiVersions: 'none', authentication: 'bearer', errorShape: 'graph' } as const

const entityQuery = { $select: 'optional', $expand: 'unsupported' } as const
export const onEntity = { query: entityQuery } as const

const listQuery = {
  ...entityQuery,
  $top: 'optional',
  $skip: 'unsupported',
  $count: 'unsupported',
  $orderby: 'unsupported',
  $search: 'unsupported',
} as const
export const onList = { query: { ...listQuery, $filter: 'unsupported' } } as const
export const onFilteredList = { query: { ...listQuery, $filter: 'optional' } } as const

export function toEntity(request: ApiRequest, set: string, entity: Entity): Entity {
  const names = selectedNames(request)
  return { '@odata.context': contextOf(request, set, names, '/$entity'), ...select(entity, names) }
}

interface Collection {
  readonly '@odata.context': string
  readonly '@odata.nextLink'?: string
  readonly value: readonly Entity[]
}

export function toCollection(
  request: ApiRequest,
  set: string,
  entities: readonly Entity[],
  nextLink?: string,
): Collection {
  const names = selectedNames(request)
  return {
    '@odata.context': contextOf(request, set, names, ''),
    ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }),
    value: entities.map((entity) => select(entity, names)),
  }
}

/** One page of a list: loads one row more than it shows, to know whether there is another page. */
export async function pageOf<T>(
  request: ApiRequest,
  set: string,
  load: (page: { after: string | undefined; limit: number }) => Promise<readonly T[]>,
  keyOf: (row: T) => string,
  toWire: (row: T) => Entity,
): Promise<Collection> {
  const { after, top } = readPage(request, { largest: 999 })
  const { rows, next } = splitPage(await load({ after, limit: top + 1 }), top, keyOf)
  return toCollection(request, set, rows.map(toWire), nextLinkOf(request, next))
}

function selectedNames(request: ApiRequest): readonly string[] | undefined {
  const text = queryValue(request, '$select')
  if (text === undefined || text.trim() === '') return undefined
  return text.split(',').map((name) => name.trim())
}

function contextOf(request: ApiRequest, set: string, names: readonly string[] | undefined, suffix: string): string {
  const selection = names === undefined ? '' : `(${names.join(',')})`
  return `${request.baseUrl}/v1.0/$metadata#${set}${selection}${suffix}`
}

function select(entity: Entity, names: readonly string[] | undefined): Entity {
  if (names === undefined) return entity
  const properties = Object.keys(entity)
  const selected: Record<string, unknown> = {}
  for (const property of properties.filter((name) => name.startsWith('@'))) selected[property] = entity[property]
  for (const name of names) {
    const property = properties.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    if (property === undefined)
      throw invalid(
        'BadRequest',
        `Could not find a property named '${name}'. The properties are ${properties.join(', ')}.`,
        '$select',
      )
    selected[property] = entity[property]
  }
  return selected
}
