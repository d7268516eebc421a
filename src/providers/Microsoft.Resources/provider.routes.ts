import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  getProvider,
  getTenantProvider,
  listProviders,
  listTenantProviders,
  registerProvider,
  unregisterProvider,
} from '../../operations/register-provider.ts'
import { resourceApiVersions } from './api-versions.wire.ts'
import { toWireProvider, toWireResourceType, toWireTenantProvider } from './provider.wire.ts'

const subscription = '/subscriptions/{subscriptionId}/providers'
const one = `${subscription}/{resourceProviderNamespace}`
const common = { apiVersions: resourceApiVersions, authentication: 'bearer', statuses: [200] } as const
const query = { $expand: 'optional' } as const

const subscriptionOf = (request: ApiRequest): string => pathParameter(request, 'subscriptionId').toLowerCase()
const namespaceOf = (request: ApiRequest): string => pathParameter(request, 'resourceProviderNamespace')

export const providerOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Providers_List',
    method: 'GET',
    path: subscription,
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    summary: 'The namespaces that the subscription can use, and which are registered.',
    query,
    async handle(context, request) {
      const providers = await listProviders(context, subscriptionOf(request))
      return ok({ value: providers.map((provider) => toWireProvider(subscriptionOf(request), provider)) })
    },
  },
  {
    ...common,
    id: 'Providers_Get',
    method: 'GET',
    path: one,
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    summary: 'One namespace with its resource types.',
    query,
    async handle(context, request) {
      const provider = await getProvider(context, subscriptionOf(request), namespaceOf(request))
      return ok(toWireProvider(subscriptionOf(request), provider))
    },
  },
  {
    ...common,
    id: 'ProviderResourceTypes_List',
    method: 'GET',
    path: `${one}/resourceTypes`,
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    summary: 'The resource types of one namespace.',
    query,
    async handle(context, request) {
      const provider = await getProvider(context, subscriptionOf(request), namespaceOf(request))
      return ok({ value: provider.resourceTypes.map(toWireResourceType) })
    },
  },
  {
    ...common,
    id: 'Providers_Register',
    method: 'POST',
    path: `${one}/register`,
    permission: 'the namespace followed by /register/action',
    summary: 'Opens a namespace in the subscription. The first use of one does the same.',
    async handle(context, request) {
      const provider = await registerProvider(context, subscriptionOf(request), namespaceOf(request))
      return ok(toWireProvider(subscriptionOf(request), provider))
    },
  },
  {
    ...common,
    id: 'Providers_Unregister',
    method: 'POST',
    path: `${one}/unregister`,
    permission: 'the namespace followed by /unregister/action',
    summary: 'Closes a namespace that the subscription has no resources of.',
    async handle(context, request) {
      const provider = await unregisterProvider(context, subscriptionOf(request), namespaceOf(request))
      return ok(toWireProvider(subscriptionOf(request), provider))
    },
  },
  {
    ...common,
    id: 'Providers_ListAtTenantScope',
    method: 'GET',
    path: '/providers',
    permission: 'any caller',
    summary: 'The namespaces that the installation has.',
    query,
    async handle() {
      return ok({ value: listTenantProviders().map(toWireTenantProvider) })
    },
  },
  {
    ...common,
    id: 'Providers_GetAtTenantScope',
    method: 'GET',
    path: '/providers/{resourceProviderNamespace}',
    permission: 'any caller',
    summary: 'One namespace of the installation with its resource types.',
    query,
    async handle(_context, request) {
      return ok(toWireTenantProvider(getTenantProvider(namespaceOf(request))))
    },
  },
]
