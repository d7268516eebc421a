import { expect, test } from 'vitest'
import { decideAudience, isOurAudience } from '../../../src/domain/directory/audience.ts'
import { checkRedirectUris, findRedirectKind } from '../../../src/domain/directory/redirect-uri.ts'
import { normalUserCode, pollsTooFast, userCodeOf } from '../../../src/domain/directory/sign-in-client.ts'
import { isSessionCurrent } from '../../../src/domain/directory/sign-in-session.ts'
import { accountLimits, afterFailure, secondsToWait } from '../../../src/domain/directory/sign-in-throttle.ts'
import { parseTokenScope } from '../../../src/domain/directory/token-scope.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)

test('S17: ten failures are free, then the pause doubles to an hour, and a day without one forgets them', () => {
  let failures = afterFailure(undefined, accountLimits, at(0))
  for (let count = 2; count <= 9; count++) failures = afterFailure(failures, accountLimits, at(0))
  expect(secondsToWait(failures, at(0))).toBeUndefined()
  const pauses = []
  for (let count = 10; count <= 18; count++) {
    failures = afterFailure(failures, accountLimits, at(0))
    pauses.push(secondsToWait(failures, at(0)))
  }
  expect(pauses).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
  expect(secondsToWait(failures, at(3599))).toBe(1)
  expect(secondsToWait(failures, at(3600))).toBeUndefined()
  expect(afterFailure(failures, accountLimits, at(86_400)).count).toBe(19)
  expect(afterFailure(failures, accountLimits, at(86_401)).count).toBe(1)
})

test('S13: a session that was begun before a revocation is over, one begun at that instant is not', () => {
  const session = { authenticatedAt: at(100), lastUsedAt: at(100) }
  expect(isSessionCurrent(session, null, at(101))).toBe(true)
  expect(isSessionCurrent(session, at(100), at(101))).toBe(true)
  expect(isSessionCurrent(session, new Date(at(100).getTime() + 1), at(101))).toBe(false)
})

test.each([
  ['openid https://host//.default', 'https://host'],
  ['https://management.azure.com/user_impersonation', 'https://management.azure.com'],
  ['https://management.core.windows.net//.default offline_access', 'https://management.core.windows.net'],
  ['User.Read openid', 'https://graph.microsoft.com'],
  ['User.Read https://graph.microsoft.com/Group.Read.All', 'https://graph.microsoft.com'],
  ['A1B2C3D4-0000-4000-8000-000000000001', 'a1b2c3d4-0000-4000-8000-000000000001'],
  ['api://a1b2c3d4-0000-4000-8000-000000000001/read', 'api://a1b2c3d4-0000-4000-8000-000000000001'],
  ['openid profile email offline_access', undefined],
])('D8: the scope "%s" is of the resource %s', (text, resource) => {
  expect(parseTokenScope(text)).toMatchObject({ text, resource })
})

test.each(['', ' ', 'User.Read https://management.azure.com/.default', 'a"b', 'a\\b', 'openid\nprofile', 'å'])(
  'D8: "%s" is no scope',
  (text) => {
    expect(parseTokenScope(text)).toBeUndefined()
  },
)

test('TEN-9: only an application is the audience of a consumer; others get one for Graph when they name none', () => {
  const own = 'a1b2c3d4-0000-4000-8000-000000000001'
  const client = { appId: own, actsForPeople: true }
  const base = 'https://localhost:8443'
  const refused = { kind: 'refused', refusal: 'consumer_not_allowed' }
  expect(decideAudience(undefined, client, 'consumer', base)).toEqual({ kind: 'audience', audience: own })
  expect(decideAudience(undefined, client, 'work', base)).toEqual({
    kind: 'audience',
    audience: 'https://graph.microsoft.com',
  })
  for (const resource of [
    base,
    `${base}/`,
    'https://management.azure.com',
    'https://api.partnercenter.microsoft.com',
  ]) {
    expect(isOurAudience(resource, base)).toBe(true)
    expect(decideAudience(resource, client, 'consumer', base)).toEqual(refused)
    expect(decideAudience(resource, client, 'guest', base)).toEqual({ kind: 'audience', audience: resource })
  }
  expect(decideAudience('https://elsewhere.example', client, 'work', base)).toEqual({
    kind: 'refused',
    refusal: 'resource_not_found',
  })
  expect(decideAudience('api://B1B2C3D4-0000-4000-8000-000000000002', client, 'consumer', base)).toEqual({
    kind: 'application',
    appId: 'b1b2c3d4-0000-4000-8000-000000000002',
  })
})

test('S12: what a redirect URI may be', () => {
  expect(checkRedirectUris(['https://a.example/b', 'http://localhost:3000/c', 'https://a.example/b'], 'web')).toEqual([
    'https://a.example/b',
    'http://localhost:3000/c',
  ])
  expect(checkRedirectUris(['myapp://auth', 'msal123://auth'], 'publicClient')).toHaveLength(2)
  for (const uri of [
    'http://a.example/',
    'https://a.example/#x',
    'https://user@a.example/',
    'https://*.a.example/',
    'https://a.example/b c',
    'myapp://auth',
    'javascript:alert(1)',
    '/relative',
    '',
  ])
    expect(() => checkRedirectUris([uri], 'web'), uri).toThrow(/redirectUris/)
  for (const uri of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'http://a.example/'])
    expect(() => checkRedirectUris([uri], 'publicClient'), uri).toThrow(/redirectUris/)
})

test('S12: the port is free on the loopback interface of a public client alone', () => {
  const registered = {
    web: ['http://localhost:3000/web'],
    spa: ['http://localhost:3000/spa'],
    publicClient: ['http://localhost', 'http://127.0.0.1/cb', 'https://localhost:1/tls'],
  }
  expect(findRedirectKind(registered, 'http://localhost:8400')).toBe('publicClient')
  expect(findRedirectKind(registered, 'http://localhost:8400/')).toBe('publicClient')
  expect(findRedirectKind(registered, 'http://127.0.0.1:8400/cb')).toBe('publicClient')
  expect(findRedirectKind(registered, 'http://localhost:3000/web')).toBe('web')
  for (const uri of [
    'http://localhost:3001/web',
    'http://localhost:3001/spa',
    'http://127.0.0.1:8400',
    'https://localhost:2/tls',
    'http://localhost:8400/other',
    'http://localhost:8400?a=b',
    'http://localhost:8400#a',
    'http://x@localhost:8400',
  ])
    expect(findRedirectKind(registered, uri), uri).toBeUndefined()
})

test('S12: the letters for a device hold no word, nothing to mix up, and may be typed in any way', () => {
  const code = userCodeOf(new Uint8Array([255, 1, 2, 3, 4, 5, 6, 7]))
  expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
  expect(userCodeOf(new Uint8Array([255, 1, 2, 3, 4, 5, 6, 8]))).not.toBe(code)
  expect(normalUserCode(` ${code.slice(0, 4).toLowerCase()} - ${code.slice(4)}`)).toBe(code)
  expect(pollsTooFast(null, 5, at(0))).toBe(false)
  expect(pollsTooFast(at(0), 5, at(3.9))).toBe(true)
  expect(pollsTooFast(at(0), 5, at(4))).toBe(false)
})
