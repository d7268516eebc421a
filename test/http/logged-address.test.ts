import { expect, test } from 'vitest'
import { loggedAddress } from '../../src/http/logged-address.ts'

test.each([
  ['/redeem?ticket=SECRET-_1', '/redeem?ticket=…'],
  ['/login?returnTo=%2Fredeem%3Fticket%3DSECRET&x=1', '/login?returnTo=%2Fredeem%3Fticket%3D…&x=1'],
  [
    '/providers/Tenantry.Directory/redemptions/SECRET/accept?a=b',
    '/providers/Tenantry.Directory/redemptions/…/accept?a=b',
  ],
  ['//providers/tenantry.directory/REDEMPTIONS/SECRET', '//providers/tenantry.directory/REDEMPTIONS/…'],
  ['/login/callback?code=SECRET-_1&state=SECRET-_2&iss=x', '/login/callback?code=…&state=…&iss=x'],
  ['/logout?id_token_hint=eyJh.eyJz.c2ln&state=1', '/logout?id_token_hint=…&state=…'],
  ['/v1.0/users/x?$top=1', '/v1.0/users/x?$top=1'],
])('S23: %s is logged without its ticket or code', (url, logged) => {
  expect(loggedAddress(url)).toBe(logged)
})
