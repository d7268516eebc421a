import { expect, test } from 'vitest'
import { guardedFetch, isPrivateAddress, UnsafeAddress } from '../../src/adapters/guarded-fetch.ts'

test.each([
  '127.0.0.1',
  '127.255.0.9',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  'fd00::1',
  'fe80::1',
  '2002:7f00:1::',
])('S40: %s is an address of our own side', (address) => {
  expect(isPrivateAddress(address)).toBe(true)
})

test.each(['93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:2800:220:1:248:1893:25c8:1946'])(
  'S40: %s is an address outside',
  (address) => expect(isPrivateAddress(address)).toBe(false),
)

test.each([
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://017700000001/',
  'https://localhost/',
  'http://example.com/',
  'ftp://example.com/',
  'https://[::ffff:127.0.0.1]/',
])('S40: nothing is fetched from %s', async (address) => {
  await expect(guardedFetch(false)(address, {})).rejects.toBeInstanceOf(UnsafeAddress)
})
