import { randomUUID } from 'node:crypto'
import { billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import type { Client, TestCloud } from '../../support/cloud.ts'
import { accessFixture } from '../Microsoft.Authorization/access-fixture.ts'

const at = new Date('2026-09-01T00:00:00Z')

/** A tenant with a paying section and the people around it. */
export interface Company {
  readonly tenantId: string
  readonly owner: string
  readonly billingAccount: string
  readonly sectionScope: string
}

export function resourceFixture(cloud: TestCloud) {
  const { db } = cloud.running
  const access = accessFixture(cloud)
  return {
    ...access,
    /** `owner` is the billing account's owner. */
    async company(): Promise<Company> {
      const tenantId = await access.tenant()
      const owner = await access.user(tenantId, 'olga')
      const name = `${randomUUID()}:${randomUUID()}_2019-05-31`
      const [profile, section] = [code(), code()]
      await db
        .insertInto('billing_account')
        .values({
          name,
          tenant_id: tenantId,
          display_name: 'Contoso',
          agreement_type: 'MicrosoftCustomerAgreement',
          account_type: 'Enterprise',
          currency: 'USD',
          country_code: 'SE',
          notification_email: null,
          created_at: at,
          created_by: owner,
        })
        .execute()
      await db
        .insertInto('billing_profile')
        .values({
          name: profile,
          billing_account_name: name,
          display_name: 'Contoso',
          currency: 'USD',
          country_code: 'SE',
          po_number: null,
          tax_rate: null,
          buyer_tax_id: null,
          system_id: profile,
          created_at: at,
          created_by: owner,
        })
        .execute()
      await db
        .insertInto('invoice_section')
        .values({
          name: section,
          billing_profile_name: profile,
          display_name: 'Contoso',
          system_id: section,
          created_at: at,
          created_by: owner,
        })
        .execute()
      const account = `/providers/Microsoft.Billing/billingAccounts/${name}`
      await this.billingRole(name, account, 'BAO', tenantId, owner)
      const sectionScope = `${account}/billingProfiles/${profile}/invoiceSections/${section}`
      return { tenantId, owner, billingAccount: name, sectionScope }
    },
    async billingRole(
      account: string,
      scope: string,
      role: Parameters<typeof billingRoleId>[0],
      tenantId: string,
      principalId: string,
    ): Promise<void> {
      await db
        .insertInto('billing_role_assignment')
        .values({
          name: randomUUID(),
          billing_account_name: account,
          scope,
          scope_key: scope.toLowerCase(),
          role_definition_name: billingRoleId(role),
          principal_tenant_id: tenantId,
          principal_id: principalId,
          created_at: at,
          created_by: principalId,
        })
        .execute()
    },
    async put(client: Client, id: string, body: object = { location: 'westeurope' }): Promise<void> {
      const reply = await client.put(`${id}?api-version=2021-04-01`, body)
      if (reply.status >= 300) throw new Error(`PUT ${id}: ${JSON.stringify(reply.body)}`)
    },
  }
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const code = (): string =>
  [4, 4, 3, 3]
    .map((length) => Array.from({ length }, () => alphabet[Math.floor(Math.random() * 32)]).join(''))
    .join('-')
