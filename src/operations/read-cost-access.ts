import { billingProfileId, invoiceSectionId } from '../domain/billing/billing-ids.ts'
import type { CostLine, CostPlace } from '../domain/billing/cost.ts'
import type { CostScope } from '../domain/billing/cost-scope.ts'
import { forbidden, notFound, type Refusal } from '../domain/refusal.ts'
import type { AgreementType } from '../store/billing-account.ts'
import { type BillingProfile, listBillingProfiles, listBillingProfilesByName } from '../store/billing-profile.ts'
import { hadResourceGroup, listPayers, type SubscriptionPayer } from '../store/cost.ts'
import { allowsBillingTask, allowsResource, authorizeResource } from './authorize.ts'
import { requireAccount, requireProfile, requireSection } from './billing-access.ts'
import type { OperationContext } from './context.ts'

/** What a caller may see of one profile's costs. */
export interface CostSource {
  readonly profile: BillingProfile
  readonly account: { readonly name: string; readonly displayName: string; readonly agreementType: AgreementType }
  /** The only subscription, or the only section, that is asked for. */
  readonly subscriptionId: string | undefined
  readonly section: string | undefined
  includes(place: CostPlace): boolean
  /** Who pays is told to those with a billing role there, and not to those with a role on the resources (INV-16). */
  showsPayer(line: CostLine): boolean
}

/** What is asked for by a resource role. */
export type CostAction = `Microsoft.Consumption/${'usageDetails' | 'charges' | 'tags' | 'marketplaces'}/read`

/** The profiles that costs of the scope are on, as far as the caller may see them; refuses who may see none (INV-16). */
export async function authorizeCosts(
  context: OperationContext,
  scope: CostScope,
  action: CostAction,
): Promise<readonly CostSource[]> {
  return scope.kind === 'billing' ? ofBillingScope(context, scope) : ofSubscription(context, scope, action)
}

const everything = {
  subscriptionId: undefined,
  section: undefined,
  includes: () => true,
  showsPayer: () => true,
} as const

async function ofBillingScope(
  context: OperationContext,
  scope: CostScope & { readonly kind: 'billing' },
): Promise<readonly CostSource[]> {
  if (scope.section !== undefined) {
    const { access, profile, section } = await requireSection(
      context,
      'S8',
      scope.account,
      scope.profile ?? '',
      scope.section,
    )
    return [
      {
        profile,
        account: access.account,
        subscriptionId: undefined,
        section: section.name,
        includes: (place) => place.invoiceSectionId === section.name,
        showsPayer: () => true,
      },
    ]
  }
  if (scope.profile !== undefined) {
    const { access, profile } = await requireProfile(context, 'P9', scope.account, scope.profile)
    return [{ profile, account: access.account, ...everything }]
  }
  const { account } = await requireAccount(context, 'A9', scope.account)
  const profiles = await listBillingProfiles(context.db, account.name)
  return profiles.map((profile) => ({ profile, account, ...everything }))
}

async function ofSubscription(
  context: OperationContext,
  scope: CostScope & { readonly kind: 'subscription' },
  action: CostAction,
): Promise<readonly CostSource[]> {
  const { subscriptionId } = scope
  const byRole = await allowsResource(context, action, scope.id)
  const payers = await listPayers(context.db, subscriptionId)
  const profiles = await listBillingProfilesByName(context.db, [...new Set(payers.map((payer) => payer.profile))])
  const hidden = new Set(
    profiles.filter(({ purchasePolicies }) => purchasePolicies.viewCharges === 'NotAllowed').map(({ name }) => name),
  )
  const known = new Set<string>()
  const visible = new Set<string>()
  for (const payer of payers) {
    if (await allowsPayer(context, payer)) known.add(placeOf(payer))
    const isShown = byRole && isDirect(payer) && !hidden.has(payer.profile)
    if (isShown || known.has(placeOf(payer))) visible.add(placeOf(payer))
  }
  if (!byRole && visible.size === 0) await authorizeResource(context, action, scope.id)
  if (visible.size === 0 && payers.length > 0) throw costsHidden(context, action, scope.id, payers.some(isDirect))
  await requireKnownGroup(context, scope)
  return profiles.flatMap((profile): CostSource[] => {
    const payer = payers.find((candidate) => candidate.profile === profile.name && visible.has(placeOf(candidate)))
    if (!payer) return []
    const placeOfLine = (place: CostPlace) =>
      placeOf({
        profile: profile.name,
        section: place.invoiceSectionId ?? null,
        customer: place.customerId ?? null,
      })
    return [
      {
        profile,
        account: { name: payer.account, displayName: payer.accountDisplayName, agreementType: payer.agreementType },
        subscriptionId,
        section: undefined,
        includes: (place) => place.subscriptionId === subscriptionId && visible.has(placeOfLine(place)),
        showsPayer: ({ key }) => known.has(placeOfLine(key)),
      },
    ]
  })
}

function costsHidden(context: OperationContext, action: CostAction, scope: string, isPolicy: boolean): Refusal {
  const { name, objectId } = context.caller
  const detail = isPolicy
    ? {
        code: 'CostsHiddenByPolicy',
        message: 'The policy of the billing profile hides its charges from roles on resources. Ask its owner.',
      }
    : {
        code: 'CostsHiddenByPartner',
        message: 'A partner pays for this subscription and shows its costs to nobody else. Ask the partner.',
      }
  return forbidden(
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}'.`,
    { details: [detail] },
  )
}

async function requireKnownGroup(
  context: OperationContext,
  { subscriptionId, resourceGroup }: CostScope & { readonly kind: 'subscription' },
): Promise<void> {
  if (resourceGroup === undefined || (await hadResourceGroup(context.db, subscriptionId, resourceGroup))) return
  throw notFound('ResourceGroupNotFound', `Resource group '${resourceGroup}' could not be found.`)
}

const isDirect = (payer: SubscriptionPayer): boolean =>
  payer.customer === null && payer.agreementType !== 'MicrosoftPartnerAgreement'

const placeOf = (place: Pick<SubscriptionPayer, 'profile' | 'section' | 'customer'>): string =>
  JSON.stringify([place.profile, place.section, place.customer])

/** Row S8 on the section that pays; a partner's customers have none, so there it is the profile. */
function allowsPayer(context: OperationContext, payer: SubscriptionPayer): Promise<boolean> {
  return payer.section === null
    ? allowsBillingTask(context, 'P9', billingProfileId(payer.account, payer.profile))
    : allowsBillingTask(context, 'S8', invoiceSectionId(payer.account, payer.profile, payer.section))
}
