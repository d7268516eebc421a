import { created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  changeOutsideProvider,
  createOutsideProvider,
  getOutsideProvider,
  readOutsideProviders,
  removeOutsideProvider,
} from '../../operations/outside-provider.ts'
import { parseGraphBody } from './body.ts'
import { graph, onEntity, onList, toCollection, toEntity } from './entity.ts'
import {
  fromWireProvider,
  fromWireProviderChanges,
  identityProviderBody,
  identityProviderChanges,
  toWireProvider,
} from './identity-provider.wire.ts'

const set = 'identity/identityProviders'
const path = '/v1.0/identity/identityProviders'
const one = `${path}/{identityProvider}`

/** The OpenID providers that people of the tenant may sign in with. */
export const identityProviderOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onList,
    id: 'Graph_ListIdentityProviders',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'policies/read',
    summary: 'The providers outside that people of the tenant may sign in with.',
    async handle(context, request) {
      return ok(toCollection(request, set, (await readOutsideProviders(context)).map(toWireProvider)))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateIdentityProvider',
    method: 'POST',
    path,
    statuses: [201],
    permission: 'externalIdentities/update',
    summary: 'Lets people of the tenant sign in with an OpenID provider.',
    body: identityProviderBody,
    async handle(context, request) {
      const wanted = fromWireProvider(parseGraphBody(request, identityProviderBody))
      return created(toEntity(request, set, toWireProvider(await createOutsideProvider(context, wanted))))
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetIdentityProvider',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'policies/read',
    summary: 'One provider outside.',
    async handle(context, request) {
      const provider = await getOutsideProvider(context, pathParameter(request, 'identityProvider'))
      return ok(toEntity(request, set, toWireProvider(provider)))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateIdentityProvider',
    method: 'PATCH',
    path: one,
    statuses: [204],
    permission: 'externalIdentities/update',
    summary: 'Changes a provider outside, also its secret.',
    body: identityProviderChanges,
    async handle(context, request) {
      const changes = fromWireProviderChanges(parseGraphBody(request, identityProviderChanges))
      await changeOutsideProvider(context, pathParameter(request, 'identityProvider'), changes)
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteIdentityProvider',
    method: 'DELETE',
    path: one,
    statuses: [204],
    permission: 'externalIdentities/update',
    summary: 'Ends the sign-in with a provider outside at once.',
    async handle(context, request) {
      await removeOutsideProvider(context, pathParameter(request, 'identityProvider'))
      return noContent()
    },
  },
]
