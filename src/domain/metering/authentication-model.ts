/** What an identity link is billed by: each authentication, or each user who was active in the month (MAU-10). */
export type BillingModel = 'perAuthentication' | 'mau'

/** Links made from this instant on are billed by monthly active users (MAU-11); configurable for imported histories. */
export const defaultMauEffectiveFrom = new Date('2019-11-01T00:00:00.000Z')

/** A link that is deleted and made again is a new link: the old model does not come back with it (MAU-12, DEC-12). */
export function decideFirstBillingModel(
  dates: { readonly tenantCreatedAt: Date; readonly linkedAt: Date },
  mauEffectiveFrom: Date = defaultMauEffectiveFrom,
): BillingModel {
  const isOld = dates.tenantCreatedAt < mauEffectiveFrom && dates.linkedAt < mauEffectiveFrom
  return isOld ? 'perAuthentication' : 'mau'
}

export interface CurrentBillingModel {
  readonly model: BillingModel
  /** When the model began: the change, or the link where there was no change. */
  readonly effectiveFrom: Date
  readonly setBy: string
}

export interface WantedBillingModel {
  readonly model: BillingModel
  readonly by: string
  /** Only to be refused: a change cannot be scheduled or backdated (DEC-44). */
  readonly effectiveFrom?: Date | undefined
}

export type BillingModelDecision =
  | { readonly kind: 'changed'; readonly current: CurrentBillingModel }
  | { readonly kind: 'unchanged'; readonly current: CurrentBillingModel }
  | {
      readonly kind: 'refused'
      readonly refusal: 'BillingModelIrreversible' | 'BillingModelChangeNotSchedulable'
      /** What holds, since when and by whom: the answer to "who has done this?". */
      readonly current: CurrentBillingModel
    }

/**
 * The change to monthly active users holds from the instant of its confirmation and cannot be undone (MAU-22, MAU-23).
 * Asking for it again changes nothing and names the first instant, so two administrators cannot make two (DEC-43).
 */
export function decideChangeOfBillingModel(
  current: CurrentBillingModel,
  wanted: WantedBillingModel,
  now: Date,
): BillingModelDecision {
  if (current.model === wanted.model) return { kind: 'unchanged', current }
  if (current.model === 'mau') return { kind: 'refused', refusal: 'BillingModelIrreversible', current }
  if (wanted.effectiveFrom && wanted.effectiveFrom.getTime() !== now.getTime()) {
    return { kind: 'refused', refusal: 'BillingModelChangeNotSchedulable', current }
  }
  return { kind: 'changed', current: { model: wanted.model, effectiveFrom: now, setBy: wanted.by } }
}
