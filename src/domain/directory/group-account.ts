export interface GroupAccount {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly createdAt: Date
  readonly revision: bigint
  readonly mailNickname: string
  readonly description: string | null
}
