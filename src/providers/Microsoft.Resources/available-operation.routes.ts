import { type Operation, type OperationSpec, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { resourceApiVersions } from './api-versions.wire.ts'

/** The actions of this namespace that its own operations ask for, as roles name them. */
export const availableOperation = (served: readonly OperationSpec[]): Operation<OperationContext> => ({
  id: 'Operations_List',
  method: 'GET',
  path: '/providers/Microsoft.Resources/operations',
  apiVersions: resourceApiVersions,
  statuses: [200],
  authentication: 'bearer',
  permission: 'any caller',
  summary: 'The operations of this namespace, as roles name them.',
  async handle() {
    const described = new Map(
      served
        .filter(({ permission }) => /^Microsoft\.Resources\/\S+$/.test(permission))
        .map(({ permission, summary }) => [permission, summary]),
    )
    return ok({
      value: [...described].map(([name, description]) => ({
        name,
        isDataAction: false,
        display: {
          provider: 'Microsoft.Resources',
          resource: name.split('/').slice(1, -1).join('/'),
          operation: name.split('/').at(-1),
          description,
        },
      })),
    })
  },
})
