import { billingProfileId, invoiceSectionId } from '../domain/billing/billing-ids.ts'

export interface SectionPath {
  readonly account: string
  readonly profile: string
  readonly section: string
}

/** What would pay: a section, or a partner for one of its customers; exactly one of the two. */
export interface TransferDestinationPath {
  readonly account: string
  readonly profile: string
  readonly section: string | null
  readonly customer: string | null
}

export function destinationId({ account, profile, section, customer }: TransferDestinationPath): string {
  return section === null
    ? `${billingProfileId(account, profile)}/customers/${customer}`
    : invoiceSectionId(account, profile, section)
}

export const transferId = (transfer: TransferDestinationPath & { readonly name: string }): string =>
  `${destinationId(transfer)}/transfers/${transfer.name}`

/** The action that an audit record names. */
export const transferAction = ({ section }: TransferDestinationPath, verb: string): string =>
  `Microsoft.Billing/billingAccounts/billingProfiles/${section === null ? 'customers' : 'invoiceSections'}/transfers/${verb}`
