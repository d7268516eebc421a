import { z } from 'zod'
import { invalid } from '../../domain/refusal.ts'
import { formatResourceId } from '../../domain/resource/resource-id.ts'
import type { getResource } from '../../operations/change-resource.ts'
import { tagsBody } from './resource-group.wire.ts'

type Resource = Awaited<ReturnType<typeof getResource>>

const object = z.record(z.string(), z.unknown()).nullish()

export const resourceBody = z.object({
  location: z.string().nullish(),
  kind: z.string().nullish(),
  sku: object,
  plan: object,
  identity: object,
  managedBy: z.string().nullish(),
  tags: tagsBody,
  properties: object,
  extendedLocation: z.unknown().optional(),
})

/** `undefined` where the caller said nothing, so that PATCH can tell it from null. */
export function contentOf(body: z.output<typeof resourceBody>) {
  if (body.extendedLocation !== undefined && body.extendedLocation !== null)
    throw invalid(
      'UnsupportedProperty',
      "'extendedLocation' is not supported. Repeat the request without it.",
      'extendedLocation',
    )
  const { location, kind, sku, plan, identity, managedBy, tags } = body
  // What state a resource is in is said by the server.
  const { provisioningState: _ignored, ...properties } = body.properties ?? {}
  return {
    location: location ?? undefined,
    kind,
    sku,
    plan,
    identity,
    managedBy,
    tags: tags === null ? {} : tags,
    properties: body.properties === undefined || body.properties === null ? undefined : properties,
  }
}

function base(resource: Resource) {
  const { type, name, location, kind, sku, plan, identity, managedBy, tags } = resource
  return {
    id: formatResourceId(resource),
    name,
    type,
    location,
    ...(kind === null ? {} : { kind }),
    ...(sku === null ? {} : { sku }),
    ...(plan === null ? {} : { plan }),
    ...(identity === null ? {} : { identity }),
    ...(managedBy === null ? {} : { managedBy }),
    tags,
  }
}

export const toWireResource = (resource: Resource) => ({
  ...base(resource),
  properties: { ...resource.properties, provisioningState: 'Succeeded' },
  systemData: {
    createdBy: resource.createdBy.name,
    createdByType: resource.createdBy.type,
    createdAt: resource.createdAt.toISOString(),
    lastModifiedBy: resource.changedBy.name,
    lastModifiedByType: resource.changedBy.type,
    lastModifiedAt: resource.changedAt.toISOString(),
  },
})

const expansions = ['createdTime', 'changedTime', 'provisioningState'] as const
export type Expansion = (typeof expansions)[number]

export function parseExpand(text: string | undefined): readonly Expansion[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const found = expansions.find((expansion) => expansion.toLowerCase() === part.toLowerCase())
      if (found) return found
      throw invalid(
        'InvalidExpandInQueryString',
        `'${part}' cannot be expanded. Use ${expansions.join(', ')}.`,
        '$expand',
      )
    })
}

/** Lists leave properties out; `$expand` adds what it names. */
export const toWireListedResource = (resource: Resource, expand: readonly Expansion[]) => ({
  ...base(resource),
  ...(expand.includes('createdTime') ? { createdTime: resource.createdAt.toISOString() } : {}),
  ...(expand.includes('changedTime') ? { changedTime: resource.changedAt.toISOString() } : {}),
  ...(expand.includes('provisioningState') ? { provisioningState: 'Succeeded' } : {}),
})

const ids = z.array(z.string()).nullish()
export const moveBody = z.object({ resources: ids, targetResourceGroup: z.string() })
