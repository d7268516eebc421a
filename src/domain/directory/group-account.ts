export interface GroupAccount {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly createdAt: Date
  readonly revision: bigint
  readonly mailNickname: string
  readonly description: string | null
  /** Kept by a directory elsewhere, whose application alone changes it (TEN-21). */
  readonly isExternallyMastered: boolean
}
