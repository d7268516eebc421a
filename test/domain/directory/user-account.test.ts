import { describe, expect, test } from 'vitest'
import type { TenantWithDomains } from '../../../src/domain/directory/tenant.ts'
import { changeUser, newExternalMember, newUser } from '../../../src/domain/directory/user-account.ts'
import { deletedPrincipalName, externalPrincipalName } from '../../../src/domain/directory/user-principal-name.ts'

const at = new Date('2026-03-01T09:00:00Z')
const tenant = (kind: 'workforce' | 'identity'): TenantWithDomains => ({
  id: 't',
  kind,
  displayName: 'Contoso',
  countryCode: 'SE',
  dataResidency: 'Europe',
  externalIdentityPricing: false,
  createdAt: at,
  revision: 1n,
  domains: [
    { name: 'contoso.onmicrosoft.com', tenantId: 't', isInitial: true, isDefault: true, verifiedAt: at },
    { name: 'unproven.example', tenantId: 't', isInitial: false, isDefault: false, verifiedAt: null },
  ],
})
const work = {
  accountEnabled: true,
  displayName: 'Anna',
  mailNickname: 'anna',
  userPrincipalName: 'anna@contoso.onmicrosoft.com',
  password: { text: 'long enough', mustChange: false },
}
const consumer = {
  accountEnabled: true,
  displayName: 'Kim',
  identities: [{ signInType: 'emailAddress', issuer: 'contoso.onmicrosoft.com', issuerAssignedId: 'kim@mail.example' }],
  password: { text: 'long enough', mustChange: false },
}

describe('new users', () => {
  test('TEN-9: identities make a consumer, a name in the tenant makes a work account', () => {
    expect(newUser(work, tenant('identity'), 'id', at)).toMatchObject({ accountClass: 'work', userType: 'Member' })
    expect(newUser(consumer, tenant('identity'), 'id', at)).toMatchObject({
      accountClass: 'consumer',
      userType: 'Member',
      userPrincipalName: 'id@contoso.onmicrosoft.com',
    })
  })

  test('TEN-5: a workforce tenant has no consumers', () => {
    expect(() => newUser(consumer, tenant('workforce'), 'id', at)).toThrow('exist only in identity tenants')
  })

  test('TEN-4: an unverified domain names nobody', () => {
    const wanted = { ...work, userPrincipalName: 'anna@unproven.example' }
    expect(() => newUser(wanted, tenant('workforce'), 'id', at)).toThrow('verified domain names')
  })

  test.each([
    ['without a password', 'passwordProfile', { ...work, password: undefined }],
    ['without a name', 'userPrincipalName', { ...work, userPrincipalName: undefined }],
    ['as a guest though a consumer', 'is a member', { ...consumer, userType: 'Guest' as const }],
    [
      'with a foreign issuer',
      'must be a domain of this tenant',
      { ...consumer, identities: [{ ...consumer.identities[0]!, issuer: 'other.example' }] },
    ],
    [
      'with an unknown sign-in type',
      'fax',
      { ...consumer, identities: [{ ...consumer.identities[0]!, signInType: 'fax' }] },
    ],
  ])('TEN-9: a user %s is refused', (_, reason, wanted) => {
    expect(() => newUser(wanted, tenant('identity'), 'id', at)).toThrow(reason)
  })

  test('a person who signs in elsewhere needs no password here', () => {
    const federated = [{ signInType: 'federated', issuer: 'https://idp.example', issuerAssignedId: '42' }]
    const wanted = { ...consumer, identities: federated, password: undefined }
    expect(newUser(wanted, tenant('identity'), 'id', at).accountClass).toBe('consumer')
  })
})

describe('changes', () => {
  test('TEN-9: an account keeps its class', () => {
    const anna = { ...newUser(work, tenant('identity'), 'id', at), revision: 1n }
    const kim = { ...newUser(consumer, tenant('identity'), 'id', at), revision: 1n }
    expect(() => changeUser(anna, { identities: consumer.identities }, tenant('identity'))).toThrow('Only consumer')
    expect(() => changeUser(kim, { identities: [] }, tenant('identity'))).toThrow('at least one')
    expect(() => changeUser(kim, { userType: 'Guest' }, tenant('identity'))).toThrow('is a member')
  })

  test('TEN-8: an external member can become an external guest and keeps its home and its name', () => {
    const person = { displayName: 'Bo', userPrincipalName: 'bo@home.example', mail: 'bo@home.example' }
    const home = { tenantId: 'h', objectId: 'b' }
    const bo = { ...newExternalMember(person, home, tenant('workforce'), 'id', at), revision: 1n }
    expect(bo).toMatchObject({ userType: 'Member', userPrincipalName: 'bo_home.example#EXT#@contoso.onmicrosoft.com' })
    expect(changeUser(bo, { userType: 'Guest' }, tenant('workforce'))).toEqual({ ...bo, userType: 'Guest' })
    const rename = { userPrincipalName: 'bo@contoso.onmicrosoft.com' }
    expect(() => changeUser(bo, rename, tenant('workforce'))).toThrow('made from its home')
  })
})

test('TEN-22: a deleted user leaves the name free and keeps it behind the object id', () => {
  expect(deletedPrincipalName('11111111-2222-4333-8444-555555555555', 'a@b')).toBe(
    '11111111222243338444555555555555a@b',
  )
  expect(externalPrincipalName('bo@home.example', 'contoso.onmicrosoft.com')).toBe(
    'bo_home.example#EXT#@contoso.onmicrosoft.com',
  )
})
