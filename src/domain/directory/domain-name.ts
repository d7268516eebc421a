import { invalid } from '../refusal.ts'

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** The initial domain of a tenant: one label under the installation's suffix, in lower case (TEN-3). */
export function initialDomainOf(
  asked: { label?: string | undefined; name?: string | undefined },
  suffix: string,
): string {
  const ending = `.${suffix.toLowerCase()}`
  const name = (asked.name ?? `${asked.label ?? ''}${ending}`).toLowerCase()
  const first = name.slice(0, -ending.length)
  if (!name.endsWith(ending) || !label.test(first))
    throw invalid(
      'InvalidInitialDomain',
      `'${asked.name ?? asked.label ?? ''}' does not make an initial domain. Give 'initialDomainLabel' of letters, digits and hyphens, or 'initialDomain' as '<label>${ending}'.`,
      asked.name === undefined ? 'properties.initialDomainLabel' : 'properties.initialDomain',
    )
  if (asked.name !== undefined && asked.label !== undefined && asked.label.toLowerCase() !== first)
    throw invalid(
      'InvalidInitialDomain',
      "'initialDomain' and 'initialDomainLabel' name different domains. Give one of them.",
      'properties.initialDomain',
    )
  return name
}
