import { sql } from 'kysely'
import type { InvoicedResource } from '../domain/billing/invoice-document.ts'
import type { InvoicedLink, InvoicedPayer, InvoicedSubscription } from '../domain/billing/invoice-facts.ts'
import type { Db } from './db.ts'

/** Names of subscriptions and how they are sold, deleted ones too: their costs stay in the history (INV-15). */
export async function loadInvoicedSubscriptions(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, InvoicedSubscription>> {
  const { rows } = await sql<{ id: string; display_name: string; offer: string }>`
    select id, display_name, offer from subscription where id = any(${[...ids]}::uuid[])`.execute(db)
  const payers = await loadChangedPayers(db, ids)
  return new Map(
    rows.map((row) => [
      row.id,
      {
        displayName: row.display_name,
        introductoryOffer: row.offer === 'trial' ? ('trial' as const) : null,
        payers: payers.get(row.id) ?? [],
      },
    ]),
  )
}

/** The payers of the subscriptions that had more than one, the first one first. */
async function loadChangedPayers(db: Db, ids: readonly string[]): Promise<Map<string, InvoicedPayer[]>> {
  const { rows } = await sql<{
    subscription_id: string
    payers: { profile: string; section: string | null; customer: string | null; from: string; to: string | null }[]
  }>`
    select subscription_id, jsonb_agg(jsonb_build_object('profile', billing_profile_name,
      'section', invoice_section_name, 'customer', customer_name, 'from', lower(during), 'to', upper(during))
      order by lower(during)) as payers
    from billing_placement where subscription_id = any(${[...ids]}::uuid[])
    group by subscription_id having count(*) > 1`.execute(db)
  return new Map(
    rows.map((row) => [
      row.subscription_id,
      row.payers.map((payer) => ({
        ...payer,
        from: new Date(payer.from),
        to: payer.to === null ? null : new Date(payer.to),
      })),
    ]),
  )
}

/** The links among the grouping keys, with their whole history. */
export async function loadInvoicedLinks(db: Db, linkIds: readonly string[]): Promise<Map<string, InvoicedLink>> {
  if (linkIds.length === 0) return new Map()
  const { rows } = await sql<{
    link_id: string
    identity_tenant_id: string
    domain: string | null
    held: { subscriptionId: string; from: string; to: string | null }[]
    models: { model: 'perAuthentication' | 'mau'; from: string; to: string | null }[] | null
  }>`
    select l.link_id, l.identity_tenant_id,
      (select d.name from tenant_domain d where d.tenant_id = l.identity_tenant_id
        order by d.is_initial desc, d.name limit 1) as domain,
      jsonb_agg(jsonb_build_object('subscriptionId', l.subscription_id, 'from', lower(l.during), 'to', upper(l.during))
        order by lower(l.during)) as held,
      (select jsonb_agg(jsonb_build_object('model', m.model, 'from', lower(m.during), 'to', upper(m.during))
        order by lower(m.during)) from metering_model m where m.link_id = l.link_id) as models
    from identity_link l where l.link_id = any(${[...linkIds]}::uuid[])
    group by l.link_id, l.identity_tenant_id`.execute(db)
  const spanOf = ({ from, to }: { from: string; to: string | null }) => ({
    from: new Date(from),
    to: to === null ? null : new Date(to),
  })
  return new Map(
    rows.map((row) => [
      row.link_id,
      {
        linkId: row.link_id,
        identityTenantId: row.identity_tenant_id,
        domain: row.domain ?? row.identity_tenant_id,
        held: row.held.map((held) => ({ subscriptionId: held.subscriptionId, ...spanOf(held) })),
        models: (row.models ?? []).map((metered) => ({ model: metered.model, ...spanOf(metered) })),
      },
    ]),
  )
}

/** The resources among the grouping keys, deleted ones too. */
export async function loadInvoicedResources(db: Db, uids: readonly string[]): Promise<Map<string, InvoicedResource>> {
  if (uids.length === 0) return new Map()
  const { rows } = await sql<{ uid: string; id: string; location: string }>`
    select uid, location, '/subscriptions/' || subscription_id || '/resourceGroups/' || resource_group_key || '/providers/'
      || type || '/' || name as id
    from resource where uid = any(${[...uids]}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.uid, row]))
}

export async function loadSectionNames(db: Db, profiles: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; display_name: string }>`
    select name, display_name from invoice_section where billing_profile_name = any(${[...profiles]}::text[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.name, row.display_name]))
}

/** The customers of the partners whose profiles they are, by the id that a placement names them by. */
export async function loadCustomerNames(db: Db, profiles: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ tenant_id: string; company_name: string }>`
    select c.tenant_id, c.company_name from customer c join partner_profile p on p.partner_id = c.partner_id
    where p.billing_profile_name = any(${[...profiles]}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.tenant_id, row.company_name]))
}

/** Of these subscriptions, those that more than one profile has paid for: they share tiers across payers (DEC-33). */
export async function listSharedSubscriptions(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ subscription_id: string }>`
    select subscription_id from billing_placement where subscription_id = any(${[...ids]}::uuid[])
    group by subscription_id having count(distinct billing_profile_name) > 1`.execute(db)
  return rows.map((row) => row.subscription_id)
}
