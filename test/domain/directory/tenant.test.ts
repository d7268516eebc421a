import { describe, expect, test } from 'vitest'
import { initialDomainOf } from '../../../src/domain/directory/domain-name.ts'
import { changeTenant, type TenantKind, type TenantWithDomains } from '../../../src/domain/directory/tenant.ts'

const tenant = (kind: TenantKind): TenantWithDomains => ({
  id: '11111111-1111-4111-8111-111111111111',
  kind,
  displayName: 'Contoso',
  countryCode: 'SE',
  dataResidency: 'Europe',
  externalIdentityPricing: false,
  createdAt: new Date('2026-01-01T00:00:00Z'),
  revision: 1n,
  domains: [
    {
      name: 'contoso.onmicrosoft.com',
      tenantId: '11111111-1111-4111-8111-111111111111',
      isInitial: true,
      isDefault: true,
      verifiedAt: new Date('2026-01-01T00:00:00Z'),
    },
  ],
})

const wanted = (kind: TenantKind) => ({
  displayName: 'Contoso',
  kind,
  countryCode: 'SE',
  initialDomain: 'contoso.onmicrosoft.com',
  dataResidency: undefined,
  externalIdentityPricing: undefined,
})

describe('changing a tenant', () => {
  test('TEN-3: what is not named stays', () => {
    const current = tenant('identity')
    expect(changeTenant(current, wanted('identity'))).toEqual(current)
    expect(changeTenant(current, { ...wanted('identity'), displayName: 'New', externalIdentityPricing: true })).toEqual(
      {
        ...current,
        displayName: 'New',
        externalIdentityPricing: true,
      },
    )
  })

  test.each(['workforce', 'identity'] as const)('TEN-5: a %s tenant never becomes the other kind', (kind) => {
    const other = kind === 'workforce' ? 'identity' : 'workforce'
    expect(() => changeTenant(tenant(kind), wanted(other))).toThrow(`of kind '${kind}', which never changes`)
  })

  test('TEN-3: the country and the data of an identity tenant stay where they are', () => {
    const change = (kind: TenantKind, part: object) => () => changeTenant(tenant(kind), { ...wanted(kind), ...part })
    expect(change('identity', { countryCode: 'NO' })).toThrow('can never be changed')
    expect(change('identity', { dataResidency: 'Australia' })).toThrow('does not move')
    expect(change('workforce', { countryCode: 'NO' })()).toMatchObject({ countryCode: 'NO' })
  })
})

describe('initial domains', () => {
  const suffix = 'onmicrosoft.com'

  test('TEN-3: a label or the whole name make the same domain, in lower case', () => {
    expect(initialDomainOf({ label: 'Contoso' }, suffix)).toBe('contoso.onmicrosoft.com')
    expect(initialDomainOf({ name: 'Contoso.OnMicrosoft.com' }, suffix)).toBe('contoso.onmicrosoft.com')
    expect(initialDomainOf({ label: 'contoso', name: 'contoso.onmicrosoft.com' }, suffix)).toBe(
      'contoso.onmicrosoft.com',
    )
  })

  test.each([
    {},
    { label: '' },
    { label: 'a.b' },
    { label: '-a' },
    { label: 'å' },
    { name: 'onmicrosoft.com' },
    { name: '.onmicrosoft.com' },
    { name: 'contoso.com' },
    { name: 'contoso.evil-onmicrosoft.com' },
    { name: 'a.onmicrosoft.com', label: 'b' },
  ])('TEN-3: %j makes no initial domain', (asked) => {
    expect(() => initialDomainOf(asked, suffix)).toThrow(/does not make an initial domain|name different domains/)
  })
})
