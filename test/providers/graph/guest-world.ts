import type { Client, Reply, TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant } from './new-tenant.ts'

export const ours = 'api-version=2026-11-01'

/** A tenant that invites and one whose people are invited. */
export interface GuestWorld {
  readonly contoso: NewTenant
  readonly fabrikam: NewTenant
  /** Invites as the administrator of the first, or as somebody else. */
  invite(address: string, more?: Record<string, unknown>, by?: Client): Promise<Reply>
  /** A new person of the second tenant. */
  person(name: string, properties?: Record<string, unknown>): Promise<{ id: string; client: Client; address: string }>
  /** A guest of the first tenant who has accepted, with a token there. */
  guest(name: string): Promise<{ id: string; client: Client; home: Client; address: string }>
}

export async function guestWorld(cloud: TestCloud, label: string): Promise<GuestWorld> {
  const contoso = await newTenant(cloud, `${label}-contoso`)
  const fabrikam = await newTenant(cloud, `${label}-fabrikam`)
  const invite: GuestWorld['invite'] = (address, more = {}, by = contoso.administrator) =>
    by.post('/v1.0/invitations', {
      invitedUserEmailAddress: address,
      inviteRedirectUrl: 'https://portal.example.com/',
      ...more,
    })
  const person: GuestWorld['person'] = async (name, properties) => {
    const { id, client } = await fabrikam.newUser(name, properties)
    return { id, client, address: `${name}@${fabrikam.domain}` }
  }
  return {
    contoso,
    fabrikam,
    invite,
    person,
    async guest(name) {
      const home = await person(name)
      const invited = await invite(home.address)
      if (invited.status !== 201) throw new Error(JSON.stringify(invited.body))
      const accepted = await accept(home.client, invited)
      if (accepted.status !== 200) throw new Error(JSON.stringify(accepted.body))
      const id = invited.body.invitedUser.id as string
      return { id, client: cloud.as(await cloud.userToken(contoso.id, id)), home: home.client, address: home.address }
    },
  }
}

/** The path of a redemption, out of the link that was shown. */
export const redemptionOf = (invited: Reply): string => {
  const link = new URL(invited.body.inviteRedeemUrl ?? invited.body.properties.inviteRedeemUrl)
  return `/providers/Tenantry.Directory/redemptions/${link.searchParams.get('ticket')}`
}

export const accept = (client: Client, invited: Reply, body: unknown = {}): Promise<Reply> =>
  client.post(`${redemptionOf(invited)}/accept?${ours}`, body)

/** What each of so many answers that accept the one invitation at the same time. */
export async function acceptAtOnce(client: Client, invited: Reply, count: number): Promise<string[]> {
  const replies = await Promise.all(Array.from({ length: count }, () => accept(client, invited)))
  return replies.map(({ status, body }) => (status === 200 ? 'accepted' : (body.error.code as string)))
}
