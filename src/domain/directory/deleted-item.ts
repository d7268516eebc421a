export const deletedItemKinds = ['user', 'group', 'application', 'servicePrincipal'] as const
export type DeletedItemKind = (typeof deletedItemKinds)[number]

/** Something that was deleted and can still be had again (TEN-22). */
export interface DeletedItem {
  readonly id: string
  readonly tenantId: string
  readonly kind: DeletedItemKind
  readonly displayName: string
  readonly createdAt: Date
  readonly deletedAt: Date
  readonly userPrincipalName: string | null
  readonly mail: string | null
  readonly appId: string | null
}

export const restorableDays = 30
const restorableMs = restorableDays * 24 * 3_600_000

/** From this instant on the deletion is final, whether or not anything was cleaned up yet. */
export const finalAt = (deletedAt: Date): Date => new Date(deletedAt.getTime() + restorableMs)

/** What was deleted at this instant or before is gone at `now`. */
export const lastFinalDeletion = (now: Date): Date => new Date(now.getTime() - restorableMs)
