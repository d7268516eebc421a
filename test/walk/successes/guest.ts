import { redemptionOf } from '../../providers/graph/guest-world.ts'
import { newBrowser } from '../../providers/login/browser.ts'
import type { Person, TestTenant } from '../../providers/Microsoft.AzureActiveDirectory/identity-cloud.ts'
import type { Reply } from '../../support/cloud.ts'
import { type Stage, type Success, version } from '../stage.ts'
import { asSubmitted, password } from './sign-in.ts'

interface Invited {
  readonly host: { readonly tenant: TestTenant; readonly administrator: Person }
  readonly guest: Person
  readonly reply: Reply
}

/** Somebody of another tenant whom a tenant invites that has no other rules for guests than the usual ones. */
async function invited(stage: Stage): Promise<Invited> {
  const [host, home] = [await stage.world.identities.workforce(), await stage.world.identities.workforce()]
  const guest = await stage.world.identities.user(home.administrator, stage.label('guest'), home.tenant)
  const reply = await stage.did(
    host.administrator.client.post('/v1.0/invitations', {
      invitedUserEmailAddress: guest.userPrincipalName,
      inviteRedirectUrl: 'https://portal.example.com/',
    }),
  )
  stage.secrets.add(ticketOf(reply))
  return { host, guest, reply }
}

const ticketOf = (reply: Reply): string => new URL(reply.body.inviteRedeemUrl).searchParams.get('ticket') ?? ''

const answering = async (stage: Stage, verb: 'accept' | 'decline') => {
  const { guest, reply } = await invited(stage)
  return { as: guest.client, path: `${redemptionOf(reply)}/${verb}?${version.ours}`, body: {} }
}

const managing = async (stage: Stage, verb: 'resend' | 'revoke') => {
  const { host, reply } = await invited(stage)
  const path = `/providers/Tenantry.Directory/tenants/${host.tenant.id}/invitations/${reply.body.id}/${verb}`
  return { as: host.administrator.client, path: `${path}?${version.ours}`, body: {} }
}

const lists = '/beta/policies/b2bManagementPolicies'
const blocking = (domain: string) => ({
  displayName: 'B2BManagementPolicy',
  isOrganizationDefault: true,
  definition: [
    JSON.stringify({
      B2BManagementPolicy: { InvitationsAllowedAndBlockedDomainsPolicy: { BlockedDomains: [domain] } },
    }),
  ],
})

async function withList(stage: Stage) {
  const { client } = (await stage.world.identities.workforce()).administrator
  const { id } = (await stage.did(client.post(lists, blocking('a.example')))).body
  return { as: client, path: `${lists}/${id}` }
}

/** Invitations and their answers, and the domains that guests come from. */
export const guestSuccesses: Readonly<Record<string, Success>> = {
  'Tenantry.Directory.Redemptions_Accept': (stage) => answering(stage, 'accept'),
  'Tenantry.Directory.Redemptions_Decline': (stage) => answering(stage, 'decline'),
  'Tenantry.Directory.Invitations_Resend': (stage) => managing(stage, 'resend'),
  'Tenantry.Directory.Invitations_Revoke': (stage) => managing(stage, 'revoke'),
  'redeem.Login_Redeem': async (stage) => {
    const { guest, reply } = await invited(stage)
    const browser = newBrowser(stage.cloud)
    await browser.signIn(guest.userPrincipalName, password)
    return {
      ...asSubmitted(stage, '/redeem', { ticket: ticketOf(reply), decision: 'accept' }, browser),
      says: 'You are now a guest in',
    }
  },
  'beta.Graph_CreateB2bManagementPolicy': async (stage) => ({
    as: (await stage.world.identities.workforce()).administrator.client,
    path: lists,
    body: blocking('a.example'),
  }),
  'beta.Graph_UpdateB2bManagementPolicy': async (stage) => ({
    ...(await withList(stage)),
    body: { definition: blocking('b.example').definition },
  }),
  'beta.Graph_DeleteB2bManagementPolicy': withList,
}
