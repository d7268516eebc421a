import { randomUUID } from 'node:crypto'
import type { Client, Reply } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { type BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { v2024 } from './role-holders.ts'

/** The path of a request as whom it is addressed to sees it. */
export const received = (name: string, verb = ''): string =>
  `/providers/Microsoft.Billing/transfers/${name}${verb === '' ? '' : `/${verb}`}?${v2024}`
export const sent = (asking: Customer, name: string, verb = ''): string =>
  `${asking.sectionId}/transfers/${name}${verb === '' ? '' : `/${verb}`}?${v2024}`

export const products = (...ids: readonly string[]) => ({
  properties: {
    productDetails: ids.map((productId) => ({ productType: 'AzureSubscription', productId })),
    transferTermsAccepted: true,
  },
})

/** A request from the customer's section to a person, under a name of its own. */
export async function ask(asking: Customer, to: Person | string, by: Client = asking.owner.client): Promise<string> {
  const name = randomUUID()
  const recipientEmailId = typeof to === 'string' ? to : to.userPrincipalName
  expectSuccess(await by.put(sent(asking, name), { properties: { recipientEmailId, transferTermsAccepted: true } }))
  return name
}

export const accept = (by: Client, name: string, ...ids: readonly string[]): Promise<Reply> =>
  by.post(received(name, 'accept'), products(...ids))

export const validate = async (by: Client, name: string, ...ids: readonly string[]) => {
  const reply = expectSuccess(await by.post(received(name, 'validate'), products(...ids)))
  return (reply.body.value as { properties: Review }[]).map(({ properties }) => properties)
}

export interface Review {
  readonly productId: string
  readonly status: string
  readonly results: readonly { readonly level: string; readonly code: string; readonly message: string }[]
}

/** A stand-alone pay-as-you-go account in a tenant of its own (BIL-21). */
export const standAlone = (world: BillingWorld): Promise<Customer> =>
  world.customer({ displayName: 'Fabrikam', agreementType: 'MicrosoftOnlineServicesProgram' })
