import { covers, scopeKey } from '../access/scope.ts'
import { csvCell } from '../csv-cell.ts'

/** SUB-19. `narrowed`: it stays for other subscriptions; `broken`: it stays and has to be set up again. */
export interface DirectoryChangeLoss {
  readonly kind:
    | 'roleAssignment'
    | 'customRole'
    | 'policyAssignment'
    | 'policyDefinition'
    | 'subscriptionAlias'
    | 'managedIdentity'
    | 'vaultAccess'
    | 'stackRegistration'
  readonly consequence: 'deleted' | 'narrowed' | 'broken'
  readonly id: string
  readonly scope: string
  readonly name: string
  /** What is needed to make it again. */
  readonly content: Readonly<Record<string, unknown>>
}

/** What the requester was told in numbers; kinds of which nothing is lost are left out. */
export function countLosses(losses: readonly DirectoryChangeLoss[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { kind } of losses) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return Object.fromEntries(counts)
}

/** Where a role of one's own stays assignable without the subscription; nothing left means that it goes. */
export const scopesBeside = (assignableScopes: readonly string[], subscriptionId: string): string[] =>
  assignableScopes.filter((scope) => !covers(`/subscriptions/${subscriptionId}`, scopeKey(scope)))

const columns = ['kind', 'consequence', 'scope', 'name', 'id', 'principalId', 'principalType', 'principalName', 'role']

/** One line each; `content` bears everything that the columns do not. */
export function lossesAsCsv(losses: readonly DirectoryChangeLoss[]): string {
  const lines = losses.map((loss) => {
    const { content } = loss
    const cells = [
      loss.kind,
      loss.consequence,
      loss.scope,
      loss.name,
      loss.id,
      content.principalId,
      content.principalType,
      content.principalName,
      content.roleName,
      JSON.stringify(content),
    ]
    return cells.map((cell) => csvCell(typeof cell === 'string' ? cell : null, false)).join(',')
  })
  return `${[[...columns, 'content'].join(','), ...lines].join('\r\n')}\r\n`
}
