import { invalid, notFound, type Refusal } from '../domain/refusal.ts'
import type { Operation } from './operation.ts'

const wellFormed = /^\d{4}-\d{2}-\d{2}(-(preview|alpha|beta|privatepreview))?$/i

export const missingApiVersion = (): Refusal =>
  invalid(
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
    'api-version',
  )

/** Among the operations of one path and method, the one that serves the version asked for (API.md 2.2). */
export function chooseByVersion<C>(
  candidates: readonly Operation<C>[],
  apiVersion: string | undefined,
  path: string,
): Operation<C> | undefined {
  const unversioned = candidates.find((candidate) => candidate.apiVersions === 'none')
  if (unversioned) return unversioned
  if (apiVersion === undefined || apiVersion === '') {
    const optional = candidates.find((candidate) => candidate.apiVersionOptional)
    if (optional) return optional
    throw missingApiVersion()
  }
  const wanted = apiVersion.toLowerCase()
  const exact = candidates.find(
    (candidate) => Array.isArray(candidate.apiVersions) && candidate.apiVersions.includes(wanted),
  )
  if (exact) return exact
  const any = candidates.find((candidate) => candidate.apiVersions === 'any')
  if (any && wellFormed.test(wanted)) return any
  const supported = [
    ...new Set(candidates.flatMap((candidate) => (Array.isArray(candidate.apiVersions) ? candidate.apiVersions : []))),
  ]
  if (!wellFormed.test(wanted) || any)
    throw invalid(
      'InvalidApiVersionParameter',
      `The api-version '${apiVersion}' is invalid. The supported versions are '${supported.join(',') || 'YYYY-MM-DD'}'.`,
      'api-version',
    )
  const type = typeOf(path)
  if (type && !path.toLowerCase().startsWith('/subscriptions/'))
    throw notFound(
      'InvalidResourceType',
      `The resource type '${type.type}' could not be found in the namespace '${type.namespace}' for api version '${apiVersion}'. The supported api-versions are '${supported.join(',')}'.`,
    )
  if (type)
    throw invalid(
      'NoRegisteredProviderFound',
      `No registered resource provider found for API version '${apiVersion}' for type '${type.type}'. The supported api-versions are '${supported.join(', ')}'.`,
      'api-version',
    )
  throw invalid(
    'InvalidApiVersionParameter',
    `The api-version '${apiVersion}' is invalid. The supported versions are '${supported.join(',')}'.`,
    'api-version',
  )
}

/** Namespace and type that the last `/providers/` pair of a path names. */
export function typeOf(path: string): { namespace: string; type: string } | undefined {
  const segments = path.split('/')
  const index = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers')
  const namespace = segments[index + 1]
  if (index < 0 || namespace === undefined) return undefined
  const type = segments
    .slice(index + 2)
    .filter((_, position) => position % 2 === 0)
    .join('/')
  return { namespace, type }
}
