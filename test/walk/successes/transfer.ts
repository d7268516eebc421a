import { ask, products, received, sent } from '../../providers/Microsoft.Billing/transfer-world.ts'
import { type Stage, type Success, version } from '../stage.ts'

const terms = (stage: Stage): string =>
  `${stage.customer.accountId}/providers/Tenantry.Billing/transferTerms/2026-11-01?${version.ours}`

/** A request of another account, addressed to the customer's owner, for a subscription of the customer. */
async function asked(stage: Stage): Promise<{ name: string; body: unknown }> {
  const [asking, subscription] = [await stage.world.customer(), await stage.newSubscription()]
  const name = await ask(asking, stage.customer.owner)
  return { name, body: products(subscription.replace('/subscriptions/', '')) }
}

/** Billing ownership that goes to somebody else. */
export const transferSuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Billing.Transfers_Initiate': async (stage) => ({
    as: stage.owner,
    path: sent(stage.customer, stage.guid()),
    body: {
      properties: {
        recipientEmailId: (await stage.world.customer()).owner.userPrincipalName,
        transferTermsAccepted: true,
      },
    },
  }),
  'Microsoft.Billing.Transfers_Cancel': async (stage) => ({
    as: stage.owner,
    path: sent(stage.customer, await ask(stage.customer, (await stage.world.customer()).owner), 'cancel'),
  }),
  'Microsoft.Billing.RecipientTransfers_Validate': async (stage) => {
    const { name, body } = await asked(stage)
    return { as: stage.owner, path: received(name, 'validate'), body }
  },
  'Microsoft.Billing.RecipientTransfers_Accept': async (stage) => {
    const { name, body } = await asked(stage)
    return { as: stage.owner, path: received(name, 'accept'), body }
  },
  'Microsoft.Billing.RecipientTransfers_Decline': async (stage) => ({
    as: stage.owner,
    path: received((await asked(stage)).name, 'decline'),
  }),
  'Tenantry.Billing.TransferTerms_Agree': (stage) => ({ as: stage.owner, path: terms(stage) }),
  'Tenantry.Billing.TransferTerms_Withdraw': async (stage) => {
    await stage.did(stage.owner.put(terms(stage)))
    return { as: stage.owner, path: terms(stage) }
  },
}
