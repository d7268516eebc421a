import type { KeptAuditRecord } from '../../operations/read-audit-log.ts'
import type { Entity } from './entity.ts'

const targets: Readonly<Record<string, { readonly type: string; readonly category: string }>> = {
  users: { type: 'User', category: 'UserManagement' },
  groups: { type: 'Group', category: 'GroupManagement' },
  applications: { type: 'Application', category: 'ApplicationManagement' },
  servicePrincipals: { type: 'ServicePrincipal', category: 'ApplicationManagement' },
  directoryRoles: { type: 'Role', category: 'RoleManagement' },
  policies: { type: 'Policy', category: 'Policy' },
}
const elsewhere = { type: 'Directory', category: 'DirectoryManagement' }

/** directoryAudit of Graph; the values of a property are JSON texts there, as here. */
export function toWireDirectoryAudit(record: KeptAuditRecord): Entity {
  const [, collection = '', id = ''] = /^\/tenants\/[^/]+\/([^/]+)\/([^/]+)/i.exec(record.scope) ?? []
  const target = targets[collection] ?? elsewhere
  return {
    id: record.sequence.toString(),
    category: target.category,
    correlationId: record.correlationId,
    result: 'success',
    resultReason: '',
    activityDisplayName: record.action,
    activityDateTime: record.occurredAt.toISOString(),
    loggedByService: 'Core Directory',
    operationType: operationTypeOf(record),
    initiatedBy: {
      user:
        record.principalId === null
          ? null
          : { id: record.principalId, displayName: record.principalName, userPrincipalName: record.principalName },
      app: record.principalId === null ? { displayName: 'Tenantry', appId: null } : null,
    },
    targetResources: [
      {
        id: id === '' ? record.scope : id,
        displayName: nameOf(record.after) ?? nameOf(record.before),
        type: target.type,
        userPrincipalName: null,
        groupType: null,
        modifiedProperties: modifiedProperties(record.before, record.after),
      },
    ],
    additionalDetails: [
      { key: 'scope', value: record.scope },
      { key: 'hash', value: record.hash },
    ],
  }
}

function operationTypeOf({ before, after }: KeptAuditRecord): string {
  if (before === null && after === null) return 'Action'
  return before === null ? 'Add' : after === null ? 'Delete' : 'Update'
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

function nameOf(value: unknown): string | null {
  const { displayName } = fieldsOf(value)
  return typeof displayName === 'string' ? displayName : null
}

function modifiedProperties(before: unknown, after: unknown) {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)]
  const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .map((displayName) => ({ displayName, oldValue: text(old[displayName]), newValue: text(fresh[displayName]) }))
    .filter(({ oldValue, newValue }) => oldValue !== newValue)
}
