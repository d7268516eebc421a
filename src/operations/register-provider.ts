import { notFound } from '../domain/refusal.ts'
import { isNamespace } from '../domain/resource/resource-name.ts'
import {
  decideUnregistration,
  findProvider,
  type ProviderResourceType,
  type RegistrationState,
  resourceProviders,
} from '../domain/resource/resource-provider.ts'
import {
  countResourcesOfNamespace,
  findRegistrationState,
  listProviderRegistrations,
  putRegistrationState,
} from '../store/provider-registration.ts'
import { lockSubscription } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { subscriptionNotFound } from './read-subscription.ts'

export interface ProviderOfSubscription {
  readonly namespace: string
  readonly state: RegistrationState
  /** Empty for a namespace that the platform knows only because the subscription uses it. */
  readonly resourceTypes: readonly ProviderResourceType[]
}

const readAction = 'Microsoft.Resources/subscriptions/providers/read'

export async function listProviders(
  context: OperationContext,
  subscriptionId: string,
): Promise<ProviderOfSubscription[]> {
  await authorizeResource(context, readAction, `/subscriptions/${subscriptionId}`)
  const registrations = await listProviderRegistrations(context.db, subscriptionId)
  const known = resourceProviders.map((provider) => {
    const registration = registrations.get(provider.namespace.toLowerCase())
    return describe(provider.namespace, registration?.state ?? 'NotRegistered')
  })
  const others = [...registrations.values()].filter((registration) => !findProvider(registration.namespace))
  return [...known, ...others.map(({ namespace, state }) => describe(namespace, state))].sort((left, right) =>
    left.namespace < right.namespace ? -1 : 1,
  )
}

export async function getProvider(
  context: OperationContext,
  subscriptionId: string,
  namespace: string,
): Promise<ProviderOfSubscription> {
  await authorizeResource(context, readAction, `/subscriptions/${subscriptionId}`)
  return describe(knownNamespace(namespace), await findRegistrationState(context.db, subscriptionId, namespace))
}

/** What the installation has, whatever subscription is asked for. */
export function listTenantProviders(): ProviderOfSubscription[] {
  return resourceProviders.map((provider) => describe(provider.namespace, 'Registered'))
}

export function getTenantProvider(namespace: string): ProviderOfSubscription {
  const provider = findProvider(namespace)
  if (!provider) throw namespaceNotFound(namespace)
  return describe(provider.namespace, 'Registered')
}

export async function registerProvider(
  context: OperationContext,
  subscriptionId: string,
  namespace: string,
): Promise<ProviderOfSubscription> {
  return change(context, subscriptionId, namespace, 'Registered')
}

export async function unregisterProvider(
  context: OperationContext,
  subscriptionId: string,
  namespace: string,
): Promise<ProviderOfSubscription> {
  return change(context, subscriptionId, namespace, 'Unregistered')
}

async function change(
  context: OperationContext,
  subscriptionId: string,
  given: string,
  state: 'Registered' | 'Unregistered',
): Promise<ProviderOfSubscription> {
  const scope = `/subscriptions/${subscriptionId}`
  const action = `${given}/${state === 'Registered' ? 'register' : 'unregister'}/action`
  await authorizeResource(context, action, scope)
  const namespace = knownNamespace(given)
  // One that is registered first and counted afterwards could be used in between.
  if (!(await lockSubscription(context.db, subscriptionId, context.now))) throw subscriptionNotFound(subscriptionId)
  if (state === 'Unregistered')
    decideUnregistration(namespace, await countResourcesOfNamespace(context.db, subscriptionId, namespace))
  const before = await findRegistrationState(context.db, subscriptionId, namespace)
  if (before !== state) {
    await putRegistrationState(context.db, subscriptionId, namespace, state)
    await appendAudit(context, { action, scope, before: { state: before }, after: { state } })
  }
  return describe(namespace, state)
}

function knownNamespace(namespace: string): string {
  if (!isNamespace(namespace)) throw namespaceNotFound(namespace)
  return findProvider(namespace)?.namespace ?? namespace
}

const namespaceNotFound = (namespace: string) =>
  notFound('InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`)

function describe(namespace: string, state: RegistrationState): ProviderOfSubscription {
  const provider = findProvider(namespace)
  return {
    namespace,
    state: provider?.isRequired ? 'Registered' : state,
    resourceTypes: provider?.resourceTypes ?? [],
  }
}
