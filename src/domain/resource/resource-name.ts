import { invalid } from '../refusal.ts'
import { isLocation } from './location.ts'

const groupName = /^[\p{L}\p{N}_.()-]{1,90}$/u

export function checkResourceGroupName(name: string): void {
  if (groupName.test(name) && !name.endsWith('.')) return
  throw invalid(
    'InvalidResourceGroupName',
    `The resource group name '${name}' is not valid. It has 1 to 90 letters, digits, underscores, hyphens, periods and parentheses, and does not end with a period.`,
  )
}

const forbiddenInName = /[<>*%&:\\?+#]/

/** What any type accepts; types with behaviour of their own ask for more. */
export function checkResourceName(name: string): void {
  for (const segment of name.split('/'))
    if (segment.length > 260 || forbiddenInName.test(segment) || /[. ]$/.test(segment))
      throw invalid(
        'InvalidResourceName',
        `The resource name '${segment}' is not valid. It has at most 260 characters, none of <>*%&:\\?+# and no space or period at its end.`,
      )
}

const typeSegment = /^[A-Za-z][A-Za-z0-9-]{0,127}$/
const namespacePattern = /^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+$/

export const isNamespace = (namespace: string): boolean => namespace.length <= 256 && namespacePattern.test(namespace)

/** SUB-24: any namespace and any type, as long as they are spelt like one. */
export function checkResourceType(type: string): void {
  const [namespace = '', ...types] = type.split('/')
  if (!isNamespace(namespace))
    throw invalid(
      'InvalidResourceNamespace',
      `The resource namespace '${namespace}' is invalid. It is two or more words joined by periods, such as 'Contoso.Storage'.`,
    )
  for (const segment of types)
    if (!typeSegment.test(segment))
      throw invalid('InvalidResourceType', `The resource type '${type}' is invalid: '${segment}' is not a type name.`)
}

export function checkLocation(location: string): void {
  if (isLocation(location)) return
  throw invalid(
    'LocationNotAvailableForResourceType',
    `The provided location '${location}' is not a place. Use the name of a region, such as 'westeurope', or 'global'.`,
    'location',
  )
}
