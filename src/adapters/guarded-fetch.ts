import { lookup as resolve } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Networks that no address given by somebody else may lead into (TRUST S40): our own, and everything beside it. */
const closed = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  closed.addSubnet(network, prefix, 'ipv6')

export const isPrivateAddress = (address: string): boolean =>
  closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const timeoutMs = 5000
const largestBytes = 1024 * 1024

export class UnsafeAddress extends Error {}

/**
 * `fetch` for addresses that a tenant names: https alone, no redirect, bounded in time and size, and only to addresses
 * outside. The address that was looked at is the one that is connected to, so a name cannot change its mind between.
 */
export function guardedFetch(allowsPrivate: boolean): (url: string, init: RequestInit) => Promise<Response> {
  const lookup: LookupFunction = (name, options, done) =>
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      const refused = allowsPrivate ? undefined : addresses.find(({ address }) => isPrivateAddress(address))
      if (refused) return done(new UnsafeAddress(`${name} leads to the private address ${refused.address}`), '')
      const [first] = addresses
      if (options.all) return done(null, addresses)
      return done(null, first?.address ?? '', first?.family)
    })
  return async (address, init) => {
    const url = new URL(address)
    if (url.protocol !== 'https:') throw new UnsafeAddress(`${url.origin} is not https`)
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (!allowsPrivate && isIP(literal) !== 0 && isPrivateAddress(literal))
      throw new UnsafeAddress(`${literal} is a private address`)
    return exchange(url, init, lookup)
  }
}

function exchange(url: URL, init: RequestInit, lookup: LookupFunction): Promise<Response> {
  return new Promise((done, fail) => {
    const call = request(
      url,
      {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers).entries()),
        lookup,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('error', fail)
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > largestBytes) call.destroy(new Error(`the answer of ${url.origin} is larger than ${largestBytes}`))
          else chunks.push(chunk)
        })
        response.on('end', () => {
          const status = response.statusCode ?? 500
          const headers = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
            value === undefined ? [] : [value].flat().map((one) => [name, one]),
          )
          const isEmpty = status === 204 || status === 304
          done(new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers }))
        })
      },
    )
    call.on('error', fail)
    const body = init.body ?? ''
    call.end(body instanceof URLSearchParams ? body.toString() : (body as string | Uint8Array))
  })
}
