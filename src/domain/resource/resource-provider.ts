import { conflict, notFound } from '../refusal.ts'

export interface ProviderResourceType {
  readonly resourceType: string
  readonly apiVersions: readonly string[]
  /** Absent: every region. */
  readonly locations?: readonly string[]
  /** Types that keep to their group or subscription (SUB-15, SUB-17). */
  readonly isMovable?: false
}

interface ResourceProvider {
  readonly namespace: string
  /** What the platform itself stands on cannot be unregistered. */
  readonly isRequired: boolean
  /** Its types have behaviour of their own; nothing inert is kept in its namespace. */
  readonly hasBehaviour: boolean
  readonly resourceTypes: readonly ProviderResourceType[]
}

const dataAreas = ['United States', 'Europe', 'Asia Pacific', 'Australia', 'Global']
const type = (
  resourceType: string,
  apiVersions: readonly string[],
  more: Partial<ProviderResourceType> = {},
): ProviderResourceType => ({ resourceType, apiVersions, ...more })

/** The namespaces that a client may ask about by name; any other is served as inert resources (SUB-24). */
export const resourceProviders: readonly ResourceProvider[] = [
  {
    namespace: 'Microsoft.Authorization',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [
      type('locks', ['2020-05-01', '2016-09-01'], { isMovable: false }),
      type('roleAssignments', ['2022-04-01'], { isMovable: false }),
      type('roleDefinitions', ['2022-04-01'], { isMovable: false }),
      type('policyAssignments', ['2025-03-01', '2024-05-01'], { isMovable: false }),
      type('policyDefinitions', ['2025-03-01', '2024-05-01'], { isMovable: false }),
    ],
  },
  {
    namespace: 'Microsoft.AzureActiveDirectory',
    isRequired: false,
    hasBehaviour: true,
    resourceTypes: [
      type('b2cDirectories', ['2021-04-01'], { locations: dataAreas }),
      type('guestUsages', ['2021-04-01'], { locations: dataAreas }),
    ],
  },
  {
    namespace: 'Microsoft.AzureStack',
    isRequired: false,
    hasBehaviour: true,
    resourceTypes: [
      type('registrations', ['2017-06-01', '2016-01-01'], { locations: ['global'] }),
      type('registrations/customerSubscriptions', ['2017-06-01'], { locations: ['global'], isMovable: false }),
      type('linkedSubscriptions', ['2020-06-01-preview'], { locations: ['global'], isMovable: false }),
    ],
  },
  {
    namespace: 'Microsoft.Billing',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [type('billingProperty', ['2020-05-01'])],
  },
  {
    namespace: 'Microsoft.Commerce',
    isRequired: false,
    hasBehaviour: true,
    resourceTypes: [type('UsageAggregates', ['2015-06-01-preview'])],
  },
  {
    namespace: 'Microsoft.Compute',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [type('virtualMachines', ['2024-07-01', '2021-04-01']), type('disks', ['2024-03-02', '2021-04-01'])],
  },
  {
    namespace: 'Microsoft.Consumption',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [type('usageDetails', ['2021-10-01'])],
  },
  {
    namespace: 'Microsoft.ContainerService',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [type('managedClusters', ['2024-09-01'], { isMovable: false })],
  },
  {
    namespace: 'Microsoft.Logic',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [type('workflows', ['2019-05-01'])],
  },
  {
    namespace: 'Microsoft.ManagementPartner',
    isRequired: false,
    hasBehaviour: true,
    resourceTypes: [type('partners', ['2018-02-01'])],
  },
  {
    namespace: 'Microsoft.Network',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [
      type('networkInterfaces', ['2024-05-01']),
      type('publicIPAddresses', ['2024-05-01']),
      type('virtualNetworks', ['2024-05-01']),
      type('expressRouteCircuits', ['2024-05-01'], { isMovable: false }),
    ],
  },
  {
    namespace: 'Microsoft.Resources',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [
      type('subscriptions', ['2022-12-01', '2016-06-01'], { isMovable: false }),
      type('resourceGroups', ['2025-04-01', '2021-04-01'], { isMovable: false }),
      type('tags', ['2025-04-01', '2021-04-01'], { isMovable: false }),
    ],
  },
  {
    namespace: 'Microsoft.Storage',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [type('storageAccounts', ['2024-01-01', '2021-04-01'])],
  },
  {
    namespace: 'Microsoft.Subscription',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [type('aliases', ['2021-10-01', '2020-09-01'])],
  },
  {
    namespace: 'Microsoft.Support',
    isRequired: true,
    hasBehaviour: true,
    resourceTypes: [type('supportTickets', ['2024-04-01', '2020-04-01'], { isMovable: false })],
  },
  {
    namespace: 'Microsoft.Web',
    isRequired: false,
    hasBehaviour: false,
    resourceTypes: [type('sites', ['2024-04-01'])],
  },
]

export function findProvider(namespace: string): ResourceProvider | undefined {
  const key = namespace.toLowerCase()
  return resourceProviders.find((provider) => provider.namespace.toLowerCase() === key)
}

/** SUB-17: what is on a stack. The registration of the stack itself is not: it lies beside the other resources. */
export function isOnStack(resourceType: string): boolean {
  const [namespace, ...name] = resourceType.toLowerCase().split('/')
  if (namespace === 'microsoft.azurestack') return name[0] !== 'registrations'
  return namespace === 'microsoft.azurestackhci'
}

/** Inert types move; a known one may not, and nothing on a stack does. */
export function isMovableType(resourceType: string): boolean {
  if (isOnStack(resourceType)) return false
  const [namespace = '', ...rest] = resourceType.split('/')
  const name = rest.join('/').toLowerCase()
  const known = findProvider(namespace)?.resourceTypes.find(
    (candidate) => candidate.resourceType.toLowerCase() === name,
  )
  return known?.isMovable !== false
}

/** The casing in which a known type is shown; any other keeps the caller's. */
export function canonicalType(resourceType: string): string {
  const [namespace = '', ...rest] = resourceType.split('/')
  const provider = findProvider(namespace)
  if (!provider) return resourceType
  const name = rest.join('/')
  const known = provider.resourceTypes.find((candidate) => candidate.resourceType.toLowerCase() === name.toLowerCase())
  return `${provider.namespace}/${known?.resourceType ?? name}`
}

/** SUB-24 is for types that the platform gives no meaning to; the others come through operations of their own. */
export function requireInertType(resourceType: string): void {
  const [namespace = '', ...rest] = resourceType.split('/')
  if (!findProvider(namespace)?.hasBehaviour) return
  throw notFound(
    'InvalidResourceType',
    `The resource type '${rest.join('/')}' could not be found in the namespace '${namespace}'. GET /openapi.json lists what this server has.`,
  )
}

export type RegistrationState = 'Registered' | 'NotRegistered' | 'Unregistered'

/** A namespace registers itself with its first use; only one that was unregistered on purpose is closed. */
export function decideRegistration(
  state: RegistrationState,
  namespace: string,
  subscriptionId: string,
): 'register' | 'nothing' {
  if (state === 'Registered') return 'nothing'
  if (state === 'NotRegistered') return 'register'
  throw conflict(
    'MissingSubscriptionRegistration',
    `The subscription is not registered to use namespace '${namespace}'. POST /subscriptions/${subscriptionId}/providers/${namespace}/register to register it.`,
    namespace,
  )
}

/** What is in use or needed by the platform stays registered. */
export function decideUnregistration(namespace: string, resourceCount: number): void {
  if (findProvider(namespace)?.isRequired)
    throw conflict(
      'ProviderCannotBeUnregistered',
      `The namespace '${namespace}' is part of every subscription and cannot be unregistered.`,
    )
  if (resourceCount > 0)
    throw conflict(
      'CannotUnregisterNamespaceWithResources',
      `The namespace '${namespace}' cannot be unregistered: the subscription holds ${resourceCount} of its resources. Delete or move them first.`,
    )
}
