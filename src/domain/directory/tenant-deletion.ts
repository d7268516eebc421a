import { Refusal } from '../refusal.ts'

/** Everything that a tenant has which keeps it from being deleted (TEN-23). */
export interface TenantContents {
  readonly isOperators: boolean
  readonly unpaidInvoices: readonly string[]
  /** Months whose usage is on no invoice yet. */
  readonly unbilledPeriods: readonly string[]
  /** Subscriptions of other tenants that its billing accounts pay for. */
  readonly paidSubscriptions: readonly string[]
  readonly otherUsers: readonly string[]
  readonly applications: readonly string[]
  readonly activeSubscriptions: readonly string[]
  /** Cancelled, and not deleted yet. */
  readonly cancelledSubscriptions: readonly string[]
  readonly identityLinkSubscription: string | undefined
  readonly isPartner: boolean
}

export interface TenantDeletionObstacle {
  readonly code: string
  readonly message: string
}

const shownMax = 10
const some = (names: readonly string[]): string =>
  `${names.slice(0, shownMax).join(', ')}${names.length > shownMax ? ` and ${names.length - shownMax} more` : ''}`

/** Every one of them, in one order, so that nobody finds the second only after removing the first. */
export function findTenantDeletionObstacles(contents: TenantContents): readonly TenantDeletionObstacle[] {
  const found: TenantDeletionObstacle[] = []
  const add = (code: string, names: readonly string[], text: (names: string) => string): void => {
    if (names.length > 0) found.push({ code, message: text(some(names)) })
  }
  if (contents.isOperators)
    found.push({ code: 'OperatorTenant', message: 'The tenant is the one of the operator of this installation.' })
  add('UnpaidInvoices', contents.unpaidInvoices, (names) => `Invoices are not paid: ${names}. Pay them first.`)
  add(
    'UnbilledUsage',
    contents.unbilledPeriods,
    (names) => `Usage of ${names} is on no invoice yet. Wait for the invoice and pay it.`,
  )
  add(
    'PaysForSubscriptions',
    contents.paidSubscriptions,
    (names) => `A billing account of the tenant pays for subscriptions of others: ${names}. Transfer or cancel them.`,
  )
  add('OtherUsers', contents.otherUsers, (names) => `There are other users: ${names}. Delete them first.`)
  add('Applications', contents.applications, (names) => `There are applications: ${names}. Delete them first.`)
  add(
    'ActiveSubscriptions',
    contents.activeSubscriptions,
    (names) => `Subscriptions trust the tenant: ${names}. Cancel and delete them, or move them to another directory.`,
  )
  add(
    'CancelledSubscriptions',
    contents.cancelledSubscriptions,
    (names) => `Subscriptions are cancelled but not deleted: ${names}. Delete them first.`,
  )
  if (contents.identityLinkSubscription !== undefined)
    found.push({
      code: 'IdentityLink',
      message: `The tenant is linked to subscription '${contents.identityLinkSubscription}', which pays for it. Unlink it first.`,
    })
  if (contents.isPartner)
    found.push({ code: 'Partner', message: 'The tenant is the one of a partner. End the partnership first.' })
  return found
}

export const refusedTenantDeletion = (tenantId: string, obstacles: readonly TenantDeletionObstacle[]): Refusal =>
  new Refusal(
    'conflict',
    'TenantDeletionNotAllowed',
    `The tenant '${tenantId}' cannot be deleted yet: ${obstacles.map((obstacle) => obstacle.message).join(' ')}`,
    { details: obstacles },
  )
