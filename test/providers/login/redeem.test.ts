import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type GuestWorld, guestWorld, ours } from '../graph/guest-world.ts'
import { password } from '../graph/new-tenant.ts'
import { newBrowser } from './browser.ts'

let cloud: TestCloud
let world: GuestWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  world = await guestWorld(cloud, 'pages')
})
afterAll(() => cloud?.stop())

const pathOf = (link: string): string => {
  const url = new URL(link)
  return `${url.pathname}${url.search}`
}
const ticketOf = (link: string): string => new URL(link).searchParams.get('ticket') ?? ''
const stateOf = async (id: string): Promise<string> =>
  (await world.contoso.administrator.get(`/v1.0/users/${id}`)).body.externalUserState

test('TEN-13, S21: the link, the sign-in at home and the consent, in this order; only the last one changes anything', async () => {
  const ann = await world.person('ann')
  const invited = await world.invite(ann.address, { inviteRedirectUrl: 'https://portal.example.com/start' })
  const path = pathOf(invited.body.inviteRedeemUrl)
  const browser = newBrowser(cloud)

  const landing = await browser.open(path)
  expect(landing.status).toBe(200)
  expect(landing.headers['cache-control']).toBe('no-store')
  expect(landing.headers['referrer-policy']).toBe('no-referrer')
  expect(landing.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(landing.body).toContain('Invitation to pages-contoso')
  expect(landing.body).toContain(`Administrator of pages-contoso invites ${ann.address} as a guest`)
  expect(landing.body).not.toContain('value="accept"')

  // Without a session the decision is not taken; the browser is sent to sign in.
  const tooEarly = await browser.submit('/redeem', {
    ticket: ticketOf(invited.body.inviteRedeemUrl),
    decision: 'accept',
  })
  expect(tooEarly.status).toBe(303)
  expect(tooEarly.headers.location).toMatch(/^\/login\?returnTo=%2Fredeem/)

  const consent = await browser.follow(await browser.signIn(ann.address, password, path))
  expect(consent.body).toContain('value="accept"')
  expect(consent.body).toContain('has not published a privacy statement here')
  for (let time = 0; time < 20; time++) await browser.open(path)
  expect(await stateOf(invited.body.invitedUser.id)).toBe('PendingAcceptance')

  const done = await browser.submit('/redeem', { ticket: ticketOf(invited.body.inviteRedeemUrl), decision: 'accept' })
  expect(done.status).toBe(200)
  expect(done.body).toContain('You are now a guest in pages-contoso')
  expect(done.body).toContain('href="https://portal.example.com/start"')
  expect(await stateOf(invited.body.invitedUser.id)).toBe('Accepted')
  const { rows } = await cloud.running.pool.query(
    `select tenant_id, principal_id, principal_name from audit_record where action = 'invitations/accept'`,
  )
  expect(rows).toEqual([{ tenant_id: world.fabrikam.id, principal_id: ann.id, principal_name: ann.address }])

  const again = await browser.open(path)
  expect(again.status).toBe(409)
  expect(again.body).toContain('InvitationNotPending')
})

test('S22: signed in as somebody else one is told so, offered another sign-in, and the invitation stays open', async () => {
  const bea = await world.person('bea')
  const eve = await world.person('eve')
  const invited = await world.invite(bea.address)
  const browser = newBrowser(cloud)
  const path = pathOf(invited.body.inviteRedeemUrl)
  const shown = await browser.follow(await browser.signIn(eve.address, password, path))
  expect(shown.status).toBe(403)
  expect(shown.body).toContain('WrongIdentity')
  expect(shown.body).toContain(eve.address)
  expect(shown.body).toContain('Sign in with another account')
  expect(shown.body).not.toContain('value="accept"')
  const forced = await browser.submit('/redeem', { ticket: ticketOf(invited.body.inviteRedeemUrl), decision: 'accept' })
  expect(forced.status).toBe(403)
  expect(await stateOf(invited.body.invitedUser.id)).toBe('PendingAcceptance')
  const right = await browser.follow(await browser.signIn(bea.address, password, path))
  expect(right.body).toContain('value="accept"')
})

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }],
  ['nowhere', {}],
  ['a foreign origin only', { origin: 'https://evil.example' }],
])('S15, S21: a decision that is sent from %s is refused', async (from, headers) => {
  const name = `cy${from.replaceAll(' ', '')}`
  const person = await world.person(name)
  const invited = await world.invite(person.address)
  const browser = newBrowser(cloud)
  await browser.signIn(person.address, password)
  const ticket = ticketOf(invited.body.inviteRedeemUrl)
  const refused = await browser.submit('/redeem', { ticket, decision: 'accept' }, headers)
  expect(refused.status).toBe(403)
  expect(await stateOf(invited.body.invitedUser.id)).toBe('PendingAcceptance')
})

test('TEN-13: the page asks for the terms of use and shows the privacy statement; declining is a button of its own', async () => {
  const own = await guestWorld(cloud, 'pageterms')
  await own.contoso.administrator.put(`/providers/Tenantry.Directory/tenants/${own.contoso.id}/guestTerms?${ours}`, {
    properties: { privacyStatementUrl: 'https://c.example/privacy', termsOfUseUrl: 'https://c.example/terms' },
  })
  const dan = await own.person('dan')
  const invited = await own.invite(dan.address)
  const browser = newBrowser(cloud)
  const ticket = ticketOf(invited.body.inviteRedeemUrl)
  const consent = await browser.follow(
    await browser.signIn(dan.address, password, `${pathOf(invited.body.inviteRedeemUrl)}&ui_locales=sv`),
  )
  expect(consent.body).toContain('<html lang="sv">')
  expect(consent.body).toContain('href="https://c.example/privacy"')
  expect(consent.body).toContain('href="https://c.example/terms"')
  const without = await browser.submit('/redeem', { ticket, decision: 'accept' })
  expect(without.status).toBe(400)
  expect(without.body).toContain('TermsNotAccepted')
  expect((await browser.submit('/redeem', { ticket })).status).toBe(400)
  const declined = await browser.submit('/redeem', { ticket, decision: 'decline', ui_locales: 'sv' })
  expect(declined.body).toContain('Du har tackat nej')
  expect((await browser.submit('/redeem', { ticket, decision: 'accept', acceptsTerms: 'yes' })).status).toBe(409)
})

test('S24, S31: names and addresses that carry markup are shown as text', async () => {
  const { contoso, person, invite } = await guestWorld(cloud, 'markup')
  const inviter = await contoso.newUser('mallory', { displayName: '<img src=x onerror=alert(1)>"\'' })
  const flo = await person('flo')
  const invited = await invite(flo.address, {}, inviter.client)
  const page = await newBrowser(cloud).open(pathOf(invited.body.inviteRedeemUrl))
  expect(page.body).not.toContain('<img')
  expect(page.body).toContain('&#60;img src=x')
})

test('S20: an unknown link gives a page that says what to do, and no more', async () => {
  const browser = newBrowser(cloud)
  const page = await browser.open(`/redeem?ticket=${'A'.repeat(43)}`)
  expect(page.status).toBe(404)
  expect(page.body).toContain('leads to no invitation')
  expect((await browser.open('/redeem')).status).toBe(400)
})
