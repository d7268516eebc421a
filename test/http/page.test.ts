import { afterAll, beforeAll, expect, test } from 'vitest'
import { html } from '../../src/http/html.ts'
import { type Reply, startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud.stop())

interface Described {
  readonly operationId: string
  readonly 'x-tenantry-answer'?: string
}

test('S16: every page, also of a refusal, has the headers that keep it from scripts, frames, caches and other sites', async () => {
  const document = await cloud.as(undefined).get('/openapi.json')
  const pages: [method: string, path: string][] = Object.entries(
    document.body.paths as Record<string, Record<string, Described>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-tenantry-answer'] === 'page')
      .map(([method]): [string, string] => [method.toUpperCase(), path.replace(/\{[^}]+\}/g, 'x')]),
  )
  expect(pages.length).toBeGreaterThan(6)
  for (const [method, path] of [...pages, ['DELETE', '/login'] as const]) {
    const reply = await cloud.as(undefined).send(method, path, method === 'GET' ? undefined : new URLSearchParams())
    const { headers } = reply
    const about = `${method} ${path} ${reply.status}`
    expect(headers['strict-transport-security'], about).toMatch(/max-age=31536000/)
    expect(headers['x-content-type-options'], about).toBe('nosniff')
    if (path === '/page.css') continue
    expect(headers['cache-control'], about).toBe('no-store')
    expect(headers['referrer-policy'], about).toBe('no-referrer')
    if (headers.location !== undefined) continue
    expect(headers['content-type'], about).toBe('text/html; charset=utf-8')
    expect(headers['cross-origin-opener-policy'], about).toBe('same-origin')
    expect(headers['content-security-policy'], about).toContain("default-src 'none'")
    expect(headers['content-security-policy'], about).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy'], about).not.toContain('unsafe')
    expect(reply.body, about).not.toMatch(/<script|<style| style=| on[a-z]+=|https?:\/\/(?!localhost)/i)
  }
})

const post = (headers: Record<string, string>): Promise<Reply> =>
  cloud.as(undefined).send('POST', '/login', new URLSearchParams({ userName: 'a@b.example', password: 'x' }), headers)

test('S15: a form is taken from our own pages only, by the word of the browser or else by Origin, and from nobody without either', async () => {
  const ours = cloud.baseUrl
  const cases: [site: string | undefined, origin: string | undefined, status: number][] = [
    ['same-origin', ours, 200],
    ['same-origin', undefined, 200],
    // So browsers send it from a page without a referrer.
    ['same-origin', 'null', 200],
    ['cross-site', 'null', 403],
    [undefined, ours, 200],
    [undefined, undefined, 403],
    [undefined, 'null', 403],
    [undefined, 'https://evil.example', 403],
    [undefined, ours.replace('https', 'http'), 403],
    ['none', undefined, 403],
    ['none', ours, 403],
    ['same-site', ours, 403],
    ['cross-site', ours, 403],
    ['cross-site', 'https://evil.example', 403],
    ['same-origin', 'https://evil.example', 403],
  ]
  for (const [site, origin, status] of cases) {
    const reply = await post({ ...(site ? { 'sec-fetch-site': site } : {}), ...(origin ? { origin } : {}) })
    expect(reply.status, `${site} ${origin}`).toBe(status)
  }
  const sameOrigin = { 'sec-fetch-site': 'same-origin', origin: ours }
  for (const type of ['text/plain', 'application/json', 'multipart/form-data'])
    expect([400, 415], type).toContain((await post({ ...sameOrigin, 'content-type': type })).status)
})

test('S16: every answer is TLS only from then on and is taken for nothing but what it says it is', async () => {
  for (const [method, path] of [
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
    ['POST', '/events'],
    ['GET', '/subscriptions?api-version=2022-12-01'],
    ['GET', '/v1.0/me'],
    ['GET', '/nowhere'],
    ['GET', '/%zz'],
    ['DELETE', '/login'],
    ['GET', '/common/discovery/instance'],
    ['POST', '/common/oauth2/v2.0/token'],
  ] as const) {
    const { headers } = await cloud.as(undefined).send(method, path)
    expect(headers['x-content-type-options'], path).toBe('nosniff')
    expect(headers['strict-transport-security'], path).toBe('max-age=31536000; includeSubDomains')
  }
})

test('S16: what is put into a page is escaped', async () => {
  const evil = `"><script>alert('1')</script>\`&`
  expect(html`<p title="${evil}">${[evil, html`<b>${1}</b>`, undefined, false]}</p>`.markup).toBe(
    '<p title="&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#96;&#38;">&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#96;&#38;<b>1</b></p>',
  )
  const reply = await cloud.as(undefined).get(`/login?login_hint=${encodeURIComponent(evil)}`)
  expect(reply.body).not.toContain('<script>')
  expect(reply.body).toContain('&#60;script&#62;')
})
