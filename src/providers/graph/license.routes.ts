import { type Operation, pathParameter } from '../../http/operation.ts'
import { assignLicense } from '../../operations/assign-license.ts'
import type { OperationContext } from '../../operations/context.ts'
import { graph } from './entity.ts'

export const licenseOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    id: 'Graph_AssignLicense',
    method: 'POST',
    path: '/v1.0/users/{user}/assignLicense',
    statuses: [200],
    permission: 'users/update',
    summary: 'Refused by name: licences are not kept here, and an identity tenant has none.',
    handle: (context, request) => assignLicense(context, pathParameter(request, 'user')),
  },
]
