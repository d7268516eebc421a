import type { OperationSpec } from '../../http/operation.ts'

const actionText = /[A-Za-z]+(?:\.[A-Za-z]+)+\/[A-Za-z/]*?(?:read|write|delete|action)\b/g

/** The actions that the served operations ask for, grouped as role editors show them. */
export function toWireProviderOperations(served: readonly OperationSpec[]) {
  const namespaces = new Map<string, Map<string, Map<string, string>>>()
  for (const operation of served)
    for (const [action] of operation.permission.matchAll(actionText)) {
      const [namespace = '', ...rest] = action.split('/')
      const verb = rest.at(-1) ?? ''
      const type = rest.slice(0, verb === 'action' ? -2 : -1).join('/')
      const types = namespaces.get(namespace) ?? new Map<string, Map<string, string>>()
      const actions = types.get(type) ?? new Map<string, string>()
      namespaces.set(namespace, types.set(type, actions))
      if (!actions.has(action)) actions.set(action, operation.summary)
    }
  return [...namespaces]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([namespace, types]) => {
      const operationsOf = (actions: ReadonlyMap<string, string>) =>
        [...actions].map(([name, summary]) => ({
          name,
          displayName: summary,
          description: summary,
          isDataAction: name.startsWith('Tenantry.Metering/events/'),
        }))
      return {
        id: `/providers/Microsoft.Authorization/providerOperations/${namespace}`,
        name: namespace,
        type: 'Microsoft.Authorization/providerOperations',
        displayName: namespace,
        operations: operationsOf(types.get('') ?? new Map()),
        resourceTypes: [...types]
          .filter(([type]) => type !== '')
          .map(([type, actions]) => ({ name: type, displayName: type, operations: operationsOf(actions) })),
      }
    })
}
