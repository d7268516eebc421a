import { invoiceSectionId } from '../domain/billing/billing-ids.ts'

export interface SectionPath {
  readonly account: string
  readonly profile: string
  readonly section: string
}

export const transferId = ({ account, profile, section, name }: SectionPath & { readonly name: string }): string =>
  `${invoiceSectionId(account, profile, section)}/transfers/${name}`
