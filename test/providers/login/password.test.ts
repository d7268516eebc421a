import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, password } from '../graph/new-tenant.ts'
import { newBrowser } from './browser.ts'

let cloud: TestCloud
let tenant: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  tenant = await newTenant(cloud, 'signin')
})
afterAll(() => cloud.stop())

const cookie = '__Host-tenantry-sign-in'

test('TEN-7: a person signs in at home with the password and sees home and no other directory', async () => {
  await tenant.newUser('anna')
  const browser = newBrowser(cloud)
  const page = await browser.open('/login?returnTo=%2Faccount')
  expect(page.status).toBe(200)
  expect(page.body).toContain('<form method="post" action="/login">')
  const reply = await browser.signIn(`Anna@${tenant.domain.toUpperCase()}`, password)
  expect(reply).toMatchObject({ status: 303, headers: { location: '/account' } })
  const account = await browser.open('/account')
  expect(account.status).toBe(200)
  expect(account.body).toContain(`anna@${tenant.domain}`)
  expect(account.body.match(/<dt>home<\/dt>/g)).toHaveLength(1)
  expect(account.body).not.toContain('<dt>guest</dt>')
  expect(await browser.open('/login?returnTo=%2Flogout')).toMatchObject({
    status: 303,
    headers: { location: '/logout' },
  })
  expect((await newBrowser(cloud).open('/account')).headers.location).toBe('/login?returnTo=%2Faccount')
})

test('S14: every cookie is bound to this origin and to TLS, and read by no script', async () => {
  await tenant.newUser('cookies')
  const browser = newBrowser(cloud)
  const signedIn = await browser.signIn(`cookies@${tenant.domain}`, password)
  const value = browser.cookies.get(cookie) ?? ''
  expect(Buffer.from(value, 'base64url')).toHaveLength(32)
  const out = await browser.submit('/logout', {})
  const lines = [signedIn, out].flatMap((reply) => reply.headers['set-cookie'] as unknown as string[])
  expect(lines).toEqual([
    `${cookie}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`,
    `${cookie}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`,
  ])
})

test('S13: the session id is new with each sign-in, of which only a hash is kept, and signing out ends it', async () => {
  await tenant.newUser('rotated')
  const browser = newBrowser(cloud)
  browser.cookies.set(cookie, 'planted-by-somebody-else')
  await browser.signIn(`rotated@${tenant.domain}`, password)
  const first = browser.cookies.get(cookie) ?? ''
  expect(first).not.toBe('planted-by-somebody-else')
  await browser.signIn(`rotated@${tenant.domain}`, password)
  const second = browser.cookies.get(cookie) ?? ''
  expect(second).not.toBe(first)
  browser.cookies.set(cookie, first)
  expect((await browser.open('/account')).status).toBe(303)
  const { rows } = await cloud.running.pool.query<{ row: string }>('select s::text as row from sign_in_session s')
  expect(rows.filter(({ row }) => row.includes(first) || row.includes(second))).toEqual([])

  browser.cookies.set(cookie, second)
  expect((await browser.open('/account')).status).toBe(200)
  expect((await browser.open('/logout')).status).toBe(200)
  expect((await browser.open('/account')).status).toBe(200)
  await browser.submit('/logout', {})
  browser.cookies.set(cookie, second)
  expect((await browser.open('/account')).status).toBe(303)
})

test('S13: a session ends after eight hours without use and after a day in any case', async () => {
  await tenant.newUser('idle')
  const browser = newBrowser(cloud)
  await browser.signIn(`idle@${tenant.domain}`, password)
  const age = (change: string) =>
    cloud.running.pool.query(
      `update sign_in_session s set ${change} from user_account u where u.id = s.user_id and u.user_principal_name like 'idle@%'`,
    )
  await age(`last_used_at = last_used_at - interval '7 hours 59 minutes'`)
  expect((await browser.open('/account')).status).toBe(200)
  // Being used, it is fresh again.
  await age(`last_used_at = last_used_at - interval '7 hours 59 minutes'`)
  expect((await browser.open('/account')).status).toBe(200)
  await age(`last_used_at = last_used_at - interval '8 hours'`)
  expect((await browser.open('/account')).status).toBe(303)

  await browser.signIn(`idle@${tenant.domain}`, password)
  await age(`authenticated_at = authenticated_at - interval '23 hours 59 minutes'`)
  expect((await browser.open('/account')).status).toBe(200)
  await age(`authenticated_at = authenticated_at - interval '1 minute'`)
  expect((await browser.open('/account')).status).toBe(303)
})

test('S17: a name that nobody has and a wrong password get the same page, word for word', async () => {
  await tenant.newUser('known')
  await tenant.newUser('off', { accountEnabled: false }).catch(() => undefined)
  const answers = []
  for (const name of ['known', 'nobody1', 'off']) {
    const reply = await newBrowser(cloud).signIn(`${name}@${tenant.domain}`, 'not the password')
    expect(reply.status).toBe(200)
    expect(reply.headers['set-cookie']).toBeUndefined()
    answers.push(reply.body.replaceAll(name, 'NAME'))
  }
  const elsewhere = await newBrowser(cloud).signIn('known@nowhere.example', 'not the password')
  answers.push(elsewhere.body.replaceAll('known@nowhere.example', `NAME@${tenant.domain}`))
  expect(answers[0]).toContain('The user name or the password is not right')
  expect(new Set(answers).size).toBe(1)
  const off = await newBrowser(cloud).signIn(`off@${tenant.domain}`, password)
  expect(off.body).toContain('This account is disabled')
  expect(off.headers['set-cookie']).toBeUndefined()
})

test('S17: after ten wrong passwords the right one has to wait, for a known name and an unknown one alike', async () => {
  await tenant.newUser('guessed')
  for (const name of ['guessed', 'unknown']) {
    const browser = newBrowser(cloud)
    for (let attempt = 1; attempt <= 10; attempt++)
      expect((await browser.signIn(`${name}@${tenant.domain}`, `guess ${attempt}`)).status).toBe(200)
    const held = await browser.signIn(`${name}@${tenant.domain}`, password)
    expect(held.status).toBe(429)
    const wait = Number(held.headers['retry-after'])
    expect(wait).toBeGreaterThan(40)
    expect(wait).toBeLessThanOrEqual(60)
    expect(held.headers['set-cookie']).toBeUndefined()
  }
  const { pool } = cloud.running
  await pool.query(`update sign_in_failure set blocked_until = blocked_until - interval '61 seconds'`)
  expect((await newBrowser(cloud).signIn(`guessed@${tenant.domain}`, password)).status).toBe(303)
  // A right password begins the count anew.
  expect((await newBrowser(cloud).signIn(`guessed@${tenant.domain}`, 'wrong')).status).toBe(200)
})

test('S17: guesses that come at once are counted one by one', async () => {
  await tenant.newUser('raced')
  const replies = await Promise.all(
    Array.from({ length: 16 }, (_, index) => newBrowser(cloud).signIn(`raced@${tenant.domain}`, `guess ${index}`)),
  )
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(10)
  expect(replies.filter((reply) => reply.status === 429)).toHaveLength(6)
})

test('S17: one guess at each of many accounts is held back by the address', async () => {
  const { pool } = cloud.running
  await pool.query(`insert into sign_in_failure (subject, count, last_at)
    select 'address 127.0.0.1', 99, max(last_at) from sign_in_failure
    on conflict (subject) do update set count = 99, blocked_until = null`)
  await tenant.newUser('innocent')
  expect((await newBrowser(cloud).signIn(`somebody@${tenant.domain}`, 'Summer2026')).status).toBe(200)
  expect((await newBrowser(cloud).signIn(`other@${tenant.domain}`, 'Summer2026')).status).toBe(429)
  expect((await newBrowser(cloud).signIn(`innocent@${tenant.domain}`, password)).status).toBe(429)
  await pool.query(`delete from sign_in_failure where subject like 'address%'`)
  expect((await newBrowser(cloud).signIn(`innocent@${tenant.domain}`, password)).status).toBe(303)
})

test('S17: a password that somebody else set is changed before anything else, and long ones are taken whole', async () => {
  const first = 'set by an administrator'
  await tenant.newUser('fresh', { passwordProfile: { password: first, forceChangePasswordNextSignIn: true } })
  const userName = `fresh@${tenant.domain}`
  const browser = newBrowser(cloud)
  const asked = await browser.signIn(userName, first, '/logout')
  expect(asked.status).toBe(200)
  expect(asked.body).toContain('action="/login/password"')
  expect(asked.body).toContain('name="returnTo" value="/logout"')
  expect(browser.cookies.size).toBe(0)
  const long = 'x'.repeat(128)
  const change = (fields: Record<string, string>) =>
    browser.submit('/login/password', { userName, password: first, returnTo: '/logout', ...fields })
  expect((await change({ newPassword: long, repeated: `${long}y` })).body).toContain('differ')
  expect((await change({ newPassword: 'short', repeated: 'short' })).body).toContain('8 to 256')
  expect((await change({ newPassword: first, repeated: first })).body).toContain('Choose another')
  expect((await change({ password: 'wrong', newPassword: long, repeated: long })).body).toContain('not right')
  expect(await change({ newPassword: long, repeated: long })).toMatchObject({
    status: 303,
    headers: { location: '/logout' },
  })
  expect((await newBrowser(cloud).signIn(userName, first)).body).toContain('not right')
  expect((await newBrowser(cloud).signIn(userName, `${'x'.repeat(127)}y`)).body).toContain('not right')
  expect((await newBrowser(cloud).signIn(userName, long)).status).toBe(303)
})

test('S23: the way back is a path of this origin and nothing else', async () => {
  await tenant.newUser('back')
  for (const returnTo of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'account',
    '/a\nb',
    '',
  ])
    expect((await newBrowser(cloud).signIn(`back@${tenant.domain}`, password, returnTo)).headers.location).toBe(
      '/account',
    )
  const good = await newBrowser(cloud).signIn(`back@${tenant.domain}`, password, '/logout?a=b%20c')
  expect(good.headers.location).toBe('/logout?a=b%20c')
})

test('S17: a new password or a disabled account ends the sessions that there are', async () => {
  const { id } = await tenant.newUser('ended')
  const first = newBrowser(cloud)
  await first.signIn(`ended@${tenant.domain}`, password)
  expect((await first.open('/account')).status).toBe(200)
  const changed = await tenant.administrator.patch(`/v1.0/users/${id}`, {
    passwordProfile: { password: 'another one' },
  })
  expect(changed.status).toBe(204)
  expect((await first.open('/account')).status).toBe(303)
  const second = newBrowser(cloud)
  await second.signIn(`ended@${tenant.domain}`, 'another one')
  expect((await second.open('/account')).status).toBe(200)
  await tenant.administrator.patch(`/v1.0/users/${id}`, { accountEnabled: false })
  expect((await second.open('/account')).status).toBe(303)
  await tenant.administrator.patch(`/v1.0/users/${id}`, { accountEnabled: true })
  expect((await second.open('/account')).status).toBe(303)
})

test('the pages speak Swedish to who prefers it', async () => {
  const browser = newBrowser(cloud)
  const swedish = await browser.open('/login', { 'accept-language': 'fr;q=0.9, sv-SE, en;q=0.5' })
  expect(swedish.body).toContain('<html lang="sv">')
  expect(swedish.body).toContain('Lösenord')
  expect((await browser.open('/login?ui_locales=sv', { 'accept-language': 'en' })).body).toContain('<html lang="sv">')
  expect((await browser.open('/login', { 'accept-language': 'de' })).body).toContain('<html lang="en">')
})
