import { z } from 'zod'
import { invalid, Refusal } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import type { ApiRequest } from '../../http/operation.ts'

/** Like `parseBody`, with Graph's code. */
export function parseGraphBody<S extends z.ZodType>(request: ApiRequest, schema: S): z.output<S> {
  try {
    return parseBody(request, schema)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(error.kind, 'Request_BadRequest', error.message, {
      details: error.details,
      ...(error.target === undefined ? {} : { target: error.target }),
    })
  }
}

const unsupported = z
  .null({ error: 'is in the published API but is not kept here; repeat the request without it' })
  .optional()

/** Published properties that are not kept: they are refused by name, for silence would look like success. */
export const refused = <N extends string>(...names: N[]): Record<N, typeof unsupported> =>
  Object.fromEntries(names.map((name) => [name, unsupported])) as Record<N, typeof unsupported>

const referencePattern =
  /\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:'\))?\/?$/i

/** The object id that an `@odata.id` names; its host says nothing, the directory is the caller's own. */
export function objectIdOfReference(reference: string): string {
  const id = referencePattern.exec(reference)?.[1]
  if (id === undefined)
    throw invalid(
      'Request_BadRequest',
      `'${reference}' names no directory object. Write '@odata.id' as '…/v1.0/directoryObjects/{id}'.`,
      '@odata.id',
    )
  return id.toLowerCase()
}

export const referenceBody = z.object({ '@odata.id': z.string() })

export const readReference = (request: ApiRequest): string =>
  objectIdOfReference(parseGraphBody(request, referenceBody)['@odata.id'])

// Graph takes at most 20 references in one request.
export const referenceList = z.array(z.string()).max(20).optional()
