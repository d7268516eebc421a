import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { duringTransaction } from '../../support/in-transaction.ts'
import { type MailServer, startMailServer, textOf } from '../../support/mail-server.ts'
import { accept, acceptAtOnce, type GuestWorld, guestWorld, ours, redemptionOf } from './guest-world.ts'
import { guestInviter, newTenant, password } from './new-tenant.ts'

let cloud: TestCloud
let mailServer: MailServer
let world: GuestWorld

beforeAll(async () => {
  mailServer = await startMailServer()
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z', env: { SMTP_URL: mailServer.url } })
  world = await guestWorld(cloud, 'invite')
})
afterAll(async () => {
  await cloud?.stop()
  await mailServer?.stop()
})

const invitationsPath = () => `/providers/Tenantry.Directory/tenants/${world.contoso.id}/invitations`
const userOf = async (id: string) => (await world.contoso.administrator.get(`/v1.0/users/${id}`)).body

const received = (address: string) =>
  vi.waitFor(
    () => {
      const mail = mailServer.received.find(({ to }) => to.includes(address))
      expect(mail, address).toBeDefined()
      return mail as NonNullable<typeof mail>
    },
    { timeout: 20_000 },
  )

describe('inviting', () => {
  test('TEN-12: the account exists at once, pending and without a way in', async () => {
    const reply = await world.invite('ann@elsewhere.example', { invitedUserDisplayName: 'Ann' })
    expect(reply).toMatchObject({
      status: 201,
      body: {
        status: 'PendingAcceptance',
        invitedUserEmailAddress: 'ann@elsewhere.example',
        invitedUserType: 'Guest',
        sendInvitationMessage: false,
        inviteRedirectUrl: 'https://portal.example.com/',
        invitedUser: { userType: 'Guest', externalUserState: 'PendingAcceptance' },
      },
    })
    expect(reply.body['@odata.context']).toContain('#invitations/$entity')
    const user = await userOf(reply.body.invitedUser.id)
    expect(user).toMatchObject({
      displayName: 'Ann',
      mail: 'ann@elsewhere.example',
      userPrincipalName: `ann_elsewhere.example#EXT#@${world.contoso.domain}`,
      creationType: 'Invitation',
      externalUserState: 'PendingAcceptance',
      identities: [],
    })
    const token = await cloud.operator.post(`/providers/Tenantry.Sandbox/tokens?${ours}`, {
      tenantId: world.contoso.id,
      userId: user.id,
    })
    expect(token.status).toBeGreaterThanOrEqual(400)
  })

  test('S20: the link has 256 bits, and neither it nor what it hides is in the database', async () => {
    const reply = await world.invite(
      'bea@elsewhere.example',
      { sendInvitationMessage: true },
      world.contoso.administrator,
    )
    const ticket = new URL(reply.body.inviteRedeemUrl).searchParams.get('ticket') ?? ''
    expect(Buffer.from(ticket, 'base64url')).toHaveLength(32)
    const tables = await cloud.running.pool.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    )
    for (const { name } of tables.rows) {
      const { rows } = await cloud.running.pool.query(`select t::text as row from ${name} t`)
      expect(JSON.stringify(rows), name).not.toContain(ticket)
    }
  })

  test('S20: an answer with a link is not kept for a repeated request', async () => {
    const headers = { 'x-ms-client-request-id': '11111111-2222-4333-8444-555555555555' }
    const body = { invitedUserEmailAddress: 'rep@elsewhere.example', inviteRedirectUrl: 'https://portal.example.com/' }
    const first = await world.contoso.administrator.post('/v1.0/invitations', body, headers)
    const second = await world.contoso.administrator.post('/v1.0/invitations', body, headers)
    expect(second.body.invitedUser.id).toBe(first.body.invitedUser.id)
    expect(second.body.inviteRedeemUrl).not.toBe(first.body.inviteRedeemUrl)
    const { rows } = await cloud.running.pool.query(
      `select route from idempotency_record where body::text like '%redeem%'`,
    )
    expect(rows).toEqual([])
  })

  test('TEN-12, DEC-45: the message names the tenant and the inviter and bears the link that the inviter sees', async () => {
    const reply = await world.invite('cy@elsewhere.example', {
      sendInvitationMessage: true,
      invitedUserMessageInfo: {
        customizedMessageBody: 'Welcome to the <b>billing</b> team.\nSee you!',
        ccRecipients: [{ emailAddress: { name: 'Boss', address: 'boss@elsewhere.example' } }],
      },
    })
    const mail = await received('cy@elsewhere.example')
    expect(mail.to).toEqual(['cy@elsewhere.example', 'boss@elsewhere.example'])
    expect(mail.headers.get('subject')).toBe('Administrator of invite-contoso invited you to invite-contoso')
    const text = textOf(mail.source)
    expect(text).toContain(reply.body.inviteRedeemUrl)
    expect(text).toContain('  | Welcome to the <b>billing</b> team.')
    expect(text).toContain('until 2026-01-31 (UTC)')
    expect(mail.source).not.toMatch(/content-type: text\/html/i)
  })

  test('TEN-12: the message is in Swedish when the inviter asks for it', async () => {
    await world.invite('dag@elsewhere.example', {
      sendInvitationMessage: true,
      invitedUserMessageInfo: { messageLanguage: 'sv-SE' },
    })
    expect(textOf((await received('dag@elsewhere.example')).source)).toContain('bjuder in dig som gäst')
  })

  test('S24: what an inviter writes is text of a limited length', async () => {
    const long = await world.invite('long@elsewhere.example', {
      invitedUserMessageInfo: { customizedMessageBody: 'x'.repeat(1001) },
    })
    expect(long.status).toBe(400)
    const two = await world.invite('two@elsewhere.example', {
      invitedUserMessageInfo: {
        ccRecipients: ['a@x.example', 'b@x.example'].map((address) => ({ emailAddress: { address } })),
      },
    })
    expect(two.status).toBe(400)
  })

  test.each([
    'http://portal.example.com/',
    'javascript:alert(1)',
    'https://user:secret@portal.example.com/',
    '//portal.example.com',
    'portal',
    '',
  ])('S23: people are not sent on to %s', async (inviteRedirectUrl) => {
    const reply = await world.invite('red@elsewhere.example', { inviteRedirectUrl })
    expect(reply).toMatchObject({ status: 400, body: { error: { target: 'inviteRedirectUrl' } } })
  })

  test('S23: the link is made from the configured origin, whatever the request says it is', async () => {
    const reply = await world.contoso.administrator.post(
      '/v1.0/invitations',
      { invitedUserEmailAddress: 'host@elsewhere.example', inviteRedirectUrl: 'https://portal.example.com/' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'host=evil.example' },
    )
    expect(reply.body.inviteRedeemUrl.startsWith(`${cloud.baseUrl}/redeem?ticket=`)).toBe(true)
    expect(JSON.stringify(reply.body)).not.toContain('evil.example')
  })

  test("TEN-11: nobody of the tenant's own domains is invited; a subdomain is somebody else's (DEC-47)", async () => {
    const own = await world.invite(`someone@${world.contoso.domain.toUpperCase()}`)
    expect(own).toMatchObject({ status: 400, body: { error: { code: 'InvitedUserIsInternal' } } })
    expect(own.body.error.message).toContain('Create a member')
    expect((await world.invite(`someone@mail.${world.contoso.domain}`)).status).toBe(201)
    for (const address of ['nobody', 'a@b', 'a b@c.example', 'a@c.example\r\nBcc: x@y.example', '<a@c.example>', ''])
      expect((await world.invite(address)).status, address).toBe(400)
  })

  test('TEN-15: the level of the tenant decides who invites, and the refusal says the level and who may', async () => {
    const tenant = await guestWorld(cloud, 'levels')
    const { contoso } = tenant
    const member = await contoso.newUser('member')
    const inviter = await contoso.newUser('inviter')
    await contoso.give(guestInviter, inviter.id)
    const guest = await tenant.guest('gus')
    const application = (await contoso.administrator.post('/v1.0/applications', { displayName: 'App' })).body
    await contoso.administrator.post('/v1.0/servicePrincipals', { appId: application.appId })
    const secret = await contoso.administrator.post(`/v1.0/applications/${application.id}/addPassword`, {})
    const app = cloud.as(await cloud.applicationToken(contoso.id, application.appId, secret.body.secretText))
    let count = 0
    const statuses = async (): Promise<number[]> => {
      const replies = []
      for (const client of [guest.client, app, member.client, inviter.client, contoso.administrator])
        replies.push(await tenant.invite(`level${count++}@elsewhere.example`, {}, client))
      for (const refused of replies.filter(({ status }) => status !== 201)) {
        expect(refused.body.error.code).toBe('Authorization_RequestDenied')
        expect(refused.body.error.innerError.code).toBe('InvitationNotAllowed')
        expect(refused.body.error.innerError.message).toContain('may invite')
      }
      return replies.map(({ status }) => status)
    }
    const set = async (allowInvitesFrom: string) =>
      expect(
        (await contoso.administrator.patch('/v1.0/policies/authorizationPolicy', { allowInvitesFrom })).status,
      ).toBe(204)

    expect(await statuses()).toEqual([201, 403, 201, 201, 201])
    await set('adminsGuestInvitersAndAllMembers')
    expect(await statuses()).toEqual([403, 403, 201, 201, 201])
    await set('adminsAndGuestInviters')
    expect(await statuses()).toEqual([403, 403, 403, 201, 201])
    await set('none')
    expect(await statuses()).toEqual([403, 403, 403, 403, 403])
  })

  test('TEN-8: only who manages users invites somebody as a member', async () => {
    const member = await world.contoso.newUser('plain')
    const wanted = { invitedUserType: 'Member' }
    expect((await world.invite('mem@elsewhere.example', wanted, member.client)).status).toBe(403)
    const reply = await world.invite('mem@elsewhere.example', wanted)
    expect(reply.body.invitedUser).toMatchObject({ userType: 'Member', externalUserState: 'PendingAcceptance' })
  })

  test('S24: the 11th invitation to an address and the 1 001st of a tenant in a day are refused', async () => {
    for (let time = 0; time < 10; time++) expect((await world.invite('flood@elsewhere.example')).status).toBe(201)
    const refused = await world.invite('Flood@ELSEWHERE.example')
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'TooManyRequests' } } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const other = await guestWorld(cloud, 'flood')
    await cloud.running.pool.query(
      `insert into invitation_sending (tenant_id, address_hash, sent_at)
       select $1, 'x' || n, $2::timestamptz - interval '1 hour' from generate_series(1, 999) n`,
      [other.contoso.id, new Date()],
    )
    expect((await other.invite('thousandth@elsewhere.example')).status).toBe(201)
    expect((await other.invite('more@elsewhere.example')).status).toBe(429)
    expect((await world.invite('elsewhere@elsewhere.example')).status).toBe(201)
  })

  test('TEN-20: in a tenant with a billing account the answer warns what a guest gets into', async () => {
    const plain = await world.invite('plain@elsewhere.example')
    expect(plain.headers.warning).toBe(undefined)
    const { contoso, invite } = await guestWorld(cloud, 'notice')
    const notice = `/providers/Tenantry.Directory/tenants/${contoso.id}/invitationNotice?${ours}`
    expect((await contoso.administrator.get(notice)).body.properties.securityNotice).toBe(null)
    const signUp = await cloud.operator.put(`/providers/Tenantry.Billing/signUps/notice?${ours}`, {
      properties: {
        tenantId: contoso.id,
        owner: { objectId: contoso.administratorId },
        displayName: 'Notice',
        currency: 'USD',
        countryCode: 'SE',
      },
    })
    expect(signUp.status).toBe(201)
    const reply = await invite('warned@elsewhere.example')
    expect(reply.headers.warning).toContain('not only to its billing account')
    expect(reply.headers.warning).toContain('/v1.0/policies/authorizationPolicy')
    expect(reply.body['@tenantry.securityNotice'].guestAccessSetting).toContain('authorizationPolicy')
    expect((await contoso.administrator.get(notice)).body.properties).toMatchObject({ holdsBillingAccount: true })
    const promoted = await contoso.administrator.patch(`/v1.0/users/${reply.body.invitedUser.id}`, {
      userType: 'Member',
    })
    expect(promoted).toMatchObject({ status: 204 })
    expect(promoted.headers.warning).toContain('not only to its billing account')
  })
})

describe('redeeming', () => {
  test('TEN-13, TEN-7: who was invited accepts with the identity of their home, and is a guest from then on', async () => {
    const gwen = await world.person('gwen', { mail: 'Gwen@mail.example' })
    const invited = await world.invite('gwen@MAIL.example')
    const seen = await gwen.client.get(`${redemptionOf(invited)}?${ours}`)
    expect(seen.body.properties).toMatchObject({
      state: 'Pending',
      tenantDisplayName: 'invite-contoso',
      inviterDisplayName: 'Administrator of invite-contoso',
      expirationDateTime: '2026-01-31T00:00:00.000Z',
    })
    expect(seen.body.properties.termsOfUseUrl).toBe(null)
    const accepted = await accept(gwen.client, invited)
    expect(accepted).toMatchObject({ status: 200, body: { properties: { state: 'Accepted' } } })
    const user = await userOf(invited.body.invitedUser.id)
    expect(user).toMatchObject({
      externalUserState: 'Accepted',
      externalUserStateChangeDateTime: '2026-01-01T00:00:00.000Z',
      identities: [{ signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null }],
    })
    const tenants = await gwen.client.get('/tenants?api-version=2022-12-01')
    expect(tenants.body.value.map((tenant: { tenantId: string }) => tenant.tenantId).sort()).toEqual(
      [world.contoso.id, world.fabrikam.id].sort(),
    )
    const again = await world.invite('gwen@mail.example')
    expect(again).toMatchObject({ status: 201, body: { status: 'Completed', invitedUser: { id: user.id } } })
    expect(again.body.inviteRedeemUrl).not.toContain('/redeem')
  })

  test('S22: somebody else with the link is told who was invited, and the invitation stays open', async () => {
    const hal = await world.person('hal')
    const eve = await world.person('eve')
    const invited = await world.invite(hal.address)
    for (const action of ['accept', 'decline']) {
      const refused = await eve.client.post(`${redemptionOf(invited)}/${action}?${ours}`, {})
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'WrongIdentity' } } })
      expect(refused.body.error.message).toContain(eve.address)
      expect(refused.body.error.message).toContain(hal.address)
    }
    expect((await eve.client.get(`${redemptionOf(invited)}?${ours}`)).status).toBe(403)
    expect((await userOf(invited.body.invitedUser.id)).externalUserState).toBe('PendingAcceptance')
    expect((await accept(hal.client, invited)).status).toBe(200)
  })

  test('S22: neither an application, nor a consumer, nor a guest account elsewhere redeems', async () => {
    const guest = await world.guest('ivy')
    const third = await guestWorld(cloud, 'third')
    const invited = await third.invite(guest.address)
    expect((await accept(guest.client, invited)).body.error.code).toBe('WrongIdentity')
    const shop = await newTenant(cloud, 'invite-shop', 'identity')
    const consumer = await shop.administrator.post('/v1.0/users', {
      accountEnabled: true,
      displayName: 'Kim',
      mail: 'kim@mail.example',
      identities: [{ signInType: 'emailAddress', issuer: shop.domain, issuerAssignedId: 'kim@mail.example' }],
      passwordProfile: { password },
    })
    expect(consumer.status).toBe(201)
    const toKim = await third.invite('kim@mail.example')
    const kim = await cloud.operator.post(`/providers/Tenantry.Sandbox/tokens?${ours}`, {
      tenantId: shop.id,
      userId: consumer.body.id,
    })
    if (kim.status === 200)
      expect((await accept(cloud.as(kim.body.accessToken), toKim)).body.error.code).toBe('WrongIdentity')
    expect((await accept(cloud.operator, toKim)).body.error.code).toBe('WrongIdentity')
    expect((await accept(guest.home, invited)).status).toBe(200)
  })

  test('S22: an address at a domain of one tenant is not redeemed by an account of another that bears it', async () => {
    const joan = await world.person('joan')
    const thief = await newTenant(cloud, 'invite-thief')
    const posing = await thief.newUser('posing', { mail: joan.address })
    // Whoever may invite sees the link, whatever roles the account has been given already.
    const member = await world.contoso.newUser('curious')
    const invited = await world.invite(joan.address, {}, member.client)
    expect((await accept(posing.client, invited)).body.error.code).toBe('WrongIdentity')
    expect((await accept(joan.client, invited)).status).toBe(200)
  })

  test('TEN-14: an account that is disabled at this moment stays disabled when its invitation is accepted', async () => {
    const kurt = await world.person('kurt')
    const invited = await world.invite(kurt.address)
    const id = invited.body.invitedUser.id
    const disabling = [['update user_account set account_enabled = false where id = $1', id]] as const
    expect((await duringTransaction(cloud, disabling, () => accept(kurt.client, invited))).status).toBe(200)
    expect(await userOf(id)).toMatchObject({ externalUserState: 'Accepted', accountEnabled: false })
  })

  test('TEN-14: who changes a guest while the invitation is accepted does not throw them back', async () => {
    const lena = await world.person('lena')
    const invited = await world.invite(lena.address)
    const id = invited.body.invitedUser.id
    const rename = () => world.contoso.administrator.patch(`/v1.0/users/${id}`, { displayName: 'Lena from afar' })
    const acceptance = [
      [
        `update user_account set external_user_state = 'Accepted', home_tenant_id = $2, home_object_id = $3 where id = $1`,
        id,
        world.fabrikam.id,
        lena.id,
      ],
    ] as const
    expect((await duringTransaction(cloud, acceptance, rename)).status).toBe(204)
    expect(await userOf(id)).toMatchObject({ externalUserState: 'Accepted', displayName: 'Lena from afar' })
  })

  test('S21: following the link a hundred times changes nothing', async () => {
    const jo = await world.person('jo')
    const invited = await world.invite(jo.address)
    const state = () =>
      cloud.running.pool
        .query(
          'select i::text || u::text as row from invitation i join user_account u on u.id = i.user_id where i.id = $1',
          [invited.body.id],
        )
        .then(({ rows }) => rows[0].row)
    const before = await state()
    for (let time = 0; time < 100; time++)
      expect((await jo.client.get(`${redemptionOf(invited)}?${ours}`)).status).toBe(200)
    expect(await state()).toBe(before)
  })

  test('F54: of 200 who accept at the same time one does', async () => {
    const kit = await world.person('kit')
    const codes = await acceptAtOnce(kit.client, await world.invite(kit.address), 200)
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['accepted', 'InvitationNotPending']))
  })

  test('F54: of accepting and revoking at the same time one happens', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await world.person(`race${round}`)
      const invited = await world.invite(person.address)
      const revoke = world.contoso.administrator.post(`${invitationsPath()}/${invited.body.id}/revoke?${ours}`, {})
      const [accepted, revoked] = await Promise.all([accept(person.client, invited), revoke])
      expect([accepted.status, revoked.status].sort()).toEqual([200, 409])
      const { externalUserState } = await userOf(invited.body.invitedUser.id)
      expect(externalUserState).toBe(accepted.status === 200 ? 'Accepted' : 'PendingAcceptance')
    }
  })

  test('TEN-13: terms of use, where they are set, are accepted with the invitation and kept with it', async () => {
    const terms = await guestWorld(cloud, 'terms')
    const path = `/providers/Tenantry.Directory/tenants/${terms.contoso.id}/guestTerms?${ours}`
    const properties = {
      privacyStatementUrl: 'https://contoso.example/privacy',
      termsOfUseUrl: 'https://contoso.example/terms/3',
    }
    const set = await terms.contoso.administrator.put(path, { properties })
    expect(set).toMatchObject({ status: 200, body: { properties } })
    expect((await terms.contoso.administrator.get(path)).body).toEqual({ properties })
    const member = await terms.contoso.newUser('tess')
    expect((await member.client.put(path, { properties })).status).toBe(403)
    const lou = await terms.person('lou')
    const invited = await terms.invite(lou.address)
    expect((await lou.client.get(`${redemptionOf(invited)}?${ours}`)).body.properties).toMatchObject(properties)
    expect((await accept(lou.client, invited)).body.error.code).toBe('TermsNotAccepted')
    const consent = { properties: { acceptsTermsOfUse: true } }
    expect((await accept(lou.client, invited, consent)).status).toBe(200)
    const { rows } = await cloud.running.pool.query('select accepted_terms from invitation where id = $1', [
      invited.body.id,
    ])
    expect(rows).toEqual([{ accepted_terms: 'https://contoso.example/terms/3' }])
  })

  test('TEN-12: a declined invitation opens nothing, and can be made anew', async () => {
    const max = await world.person('max')
    const invited = await world.invite(max.address)
    const declined = await max.client.post(`${redemptionOf(invited)}/decline?${ours}`, {})
    expect(declined.body.properties.state).toBe('Declined')
    expect((await accept(max.client, invited)).body.error.code).toBe('InvitationNotPending')
    expect((await userOf(invited.body.invitedUser.id)).externalUserState).toBe('PendingAcceptance')
    const anew = await world.invite(max.address)
    expect(anew.body.invitedUser.id).toBe(invited.body.invitedUser.id)
    expect((await accept(max.client, anew)).status).toBe(200)
  })

  test('S20: inviting again replaces the link, and an unknown one says nothing', async () => {
    const ned = await world.person('ned')
    const first = await world.invite(ned.address)
    const second = await world.invite(ned.address)
    expect((await accept(ned.client, first)).body.error.code).toBe('InvitationNotPending')
    const unknown = `/providers/Tenantry.Directory/redemptions/${'A'.repeat(43)}`
    expect(await ned.client.get(`${unknown}?${ours}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'InvitationNotFound' } },
    })
    expect((await accept(ned.client, second)).status).toBe(200)
  })

  test('S20: the link does not work when who invited is gone or may not invite any more', async () => {
    const inviter = await world.contoso.newUser('leaver')
    const ola = await world.person('ola')
    const invited = await world.invite(ola.address, {}, inviter.client)
    await world.contoso.administrator.delete(`/v1.0/users/${inviter.id}`)
    expect((await accept(ola.client, invited)).body.error.code).toBe('InvitationNotAllowed')
    expect((await accept(ola.client, await world.invite(ola.address))).status).toBe(200)
  })

  test('TEN-22: the link of an account that was deleted leads nowhere', async () => {
    const pam = await world.person('pam')
    const invited = await world.invite(pam.address)
    await world.contoso.administrator.delete(`/v1.0/users/${invited.body.invitedUser.id}`)
    expect((await accept(pam.client, invited)).body.error.code).toBe('InvitationNotPending')
    const anew = await world.invite(pam.address)
    expect(anew.body.invitedUser.id).not.toBe(invited.body.invitedUser.id)
    expect((await accept(pam.client, anew)).status).toBe(200)
  })

  test('TEN-7: one person has one account in a tenant, whatever addresses were invited', async () => {
    const rio = await world.person('rio', { mail: 'rio@mail.example' })
    const [byName, byMail] = [await world.invite(rio.address), await world.invite('rio@mail.example')]
    expect((await accept(rio.client, byName)).status).toBe(200)
    expect((await accept(rio.client, byMail)).body.error.code).toBe('AlreadyGuest')
  })

  test('TEN-13: a redemption can be reset: the account keeps its id, and the next identity redeems it', async () => {
    const old = await world.guest('sam')
    const successor = await world.person('sandra')
    const reset = await world.invite(successor.address, { resetRedemption: true, invitedUser: { id: old.id } })
    expect(reset).toMatchObject({ status: 201, body: { status: 'PendingAcceptance', invitedUser: { id: old.id } } })
    expect((await old.client.get('/v1.0/me')).status).toBe(401)
    expect((await accept(old.home, reset)).body.error.code).toBe('WrongIdentity')
    expect((await accept(successor.client, reset)).status).toBe(200)
    expect((await old.client.get('/v1.0/me')).status).toBe(200)
    const member = await world.contoso.newUser('nobody')
    const refused = await world.invite(
      successor.address,
      { resetRedemption: true, invitedUser: { id: old.id } },
      member.client,
    )
    expect(refused.status).toBe(403)
  })
})

describe('what the tenant does with its invitations', () => {
  test('DEC-16: an invitation expires after thirty days and can be sent again', async () => {
    const own = await startTestCloud({ now: '2026-03-01T00:00:00Z' })
    try {
      const { contoso, invite, person } = await guestWorld(own, 'expiry')
      const tim = await person('tim')
      const invited = await invite(tim.address)
      const path = `/providers/Tenantry.Directory/tenants/${contoso.id}/invitations/${invited.body.id}`
      await own.clock.set('2026-03-30T23:59:59Z')
      expect((await contoso.administrator.get(`${path}?${ours}`)).body.properties.state).toBe('Pending')
      await own.clock.set('2026-03-31T00:00:00Z')
      expect((await contoso.administrator.get(`${path}?${ours}`)).body.properties.state).toBe('Expired')
      expect(await accept(tim.client, invited)).toMatchObject({
        status: 410,
        body: { error: { code: 'InvitationExpired' } },
      })
      const { rows } = await own.running.pool.query(`select action from audit_record where action like 'invitations/%'`)
      expect(rows.map(({ action }) => action)).toEqual(['invitations/write', 'invitations/expire'])
      const again = await contoso.administrator.post(`${path}/resend?${ours}`, {})
      expect(again.body.properties).toMatchObject({ state: 'Pending', expirationDateTime: '2026-04-30T00:00:00.000Z' })
      expect((await accept(tim.client, invited)).body.error.code).toBe('InvitationNotFound')
      expect((await accept(tim.client, again)).status).toBe(200)
    } finally {
      await own.stop()
    }
  })

  test('S20: a revoked invitation is closed for good, an accepted one is not revoked', async () => {
    const uma = await world.person('uma')
    const invited = await world.invite(uma.address)
    const path = `${invitationsPath()}/${invited.body.id}`
    const revoked = await world.contoso.administrator.post(`${path}/revoke?${ours}`, {})
    expect(revoked.body.properties.state).toBe('Revoked')
    expect((await world.contoso.administrator.post(`${path}/revoke?${ours}`, {})).status).toBe(200)
    expect((await accept(uma.client, invited)).body.error.code).toBe('InvitationNotPending')
    expect((await world.contoso.administrator.post(`${path}/resend?${ours}`, {})).status).toBe(409)
    const anew = await world.invite(uma.address)
    await accept(uma.client, anew)
    const late = await world.contoso.administrator.post(`${invitationsPath()}/${anew.body.id}/revoke?${ours}`, {})
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'InvitationNotPending' } } })
  })

  test('TEN-15: who invites for a tenant sees its invitations, a member those they sent, a stranger none', async () => {
    const member = await world.contoso.newUser('vera')
    const other = await world.contoso.newUser('other')
    const sent = await world.invite('by-vera@elsewhere.example', {}, member.client)
    const path = `${invitationsPath()}?${ours}`
    const mine = await member.client.get(path)
    expect(mine.body.value.map((item: { name: string }) => item.name)).toEqual([sent.body.id])
    expect(JSON.stringify(mine.body)).not.toContain('ticket')
    expect((await other.client.get(path)).body.value).toEqual([])
    expect((await other.client.get(`${invitationsPath()}/${sent.body.id}?${ours}`)).status).toBe(404)
    expect((await other.client.post(`${invitationsPath()}/${sent.body.id}/revoke?${ours}`, {})).status).toBe(404)
    expect((await world.contoso.administrator.get(`${path}&$top=2`)).body.value).toHaveLength(2)
    expect((await world.fabrikam.administrator.get(path)).status).toBe(404)
  })
})
