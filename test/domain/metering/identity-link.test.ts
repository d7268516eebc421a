import { describe, expect, test } from 'vitest'
import { decideIdentityLink, decideLegacyLink, findLinkObstacles } from '../../../src/domain/metering/identity-link.ts'

const mauEffectiveFrom = new Date('2019-11-01T00:00:00Z')
const now = new Date('2026-01-01T00:00:00Z')
const tenant = {
  kind: 'identity',
  isAdministeredByCaller: true,
  isLinked: false,
  createdAt: new Date('2018-01-01T00:00:00Z'),
} as const
const linkedAt = (text: string) => decideIdentityLink('identityTenant', tenant, new Date(text), mauEffectiveFrom)

describe('a new link', () => {
  test('MAU-11: the model follows from the date, and the first instant of the new model belongs to it', () => {
    expect(linkedAt('2019-10-31T23:59:59.999Z')).toEqual({ kind: 'linked', model: 'perAuthentication' })
    expect(linkedAt('2019-11-01T00:00:00.000Z')).toEqual({ kind: 'linked', model: 'mau' })
  })

  test('MAU-4: obstacles come in one order, and who does not administer the tenant hears of nothing else', () => {
    const outsider = { ...tenant, isAdministeredByCaller: false, isLinked: true, kind: 'workforce' } as const
    expect(findLinkObstacles('identityTenant', outsider)).toEqual(['not_tenant_administrator'])
    expect(findLinkObstacles('identityTenant', undefined)).toEqual(['not_tenant_administrator'])
    expect(findLinkObstacles('identityTenant', { ...outsider, isAdministeredByCaller: true })).toEqual([
      'already_linked',
      'tenant_of_other_kind',
    ])
    expect(findLinkObstacles('identityTenant', tenant)).toEqual([])
  })

  test('MAU-16: guests of a workforce tenant are counted as active users, whatever the date', () => {
    const workforce = { ...tenant, kind: 'workforce' } as const
    expect(decideIdentityLink('guestUsage', workforce, new Date('2018-05-01T00:00:00Z'), mauEffectiveFrom)).toEqual({
      kind: 'linked',
      model: 'mau',
    })
    expect(decideIdentityLink('guestUsage', tenant, now, mauEffectiveFrom)).toEqual({
      kind: 'refused',
      refusal: 'tenant_of_other_kind',
    })
  })
})

describe('MAU-35: a legacy link', () => {
  const old = new Date('2018-05-01T00:00:00Z')
  const changed = new Date('2020-06-15T10:00:00Z')
  const legacy = (facts: Partial<Parameters<typeof decideLegacyLink>[0]>) =>
    decideLegacyLink({ linkedAt: old, model: undefined, mauSince: undefined, ...facts }, now, mauEffectiveFrom)

  test('has the model of its date, and the change that it had', () => {
    expect(legacy({})).toEqual({ kind: 'imported', models: [{ model: 'perAuthentication', from: old }] })
    expect(legacy({ linkedAt: mauEffectiveFrom })).toEqual({
      kind: 'imported',
      models: [{ model: 'mau', from: mauEffectiveFrom }],
    })
    expect(legacy({ mauSince: changed })).toEqual({
      kind: 'imported',
      models: [
        { model: 'perAuthentication', from: old },
        { model: 'mau', from: changed },
      ],
    })
  })

  test.each([
    ['linked_in_the_future', { linkedAt: new Date('2026-01-01T00:00:00.001Z') }],
    ['model_not_of_that_time', { linkedAt: mauEffectiveFrom, model: 'perAuthentication' }],
    ['model_not_of_that_time', { model: 'perAuthentication', mauSince: changed }],
    ['change_out_of_order', { model: 'mau' }],
    ['change_out_of_order', { mauSince: old }],
    ['change_out_of_order', { mauSince: new Date('2019-10-31T23:59:59Z') }],
    ['change_out_of_order', { mauSince: new Date('2027-01-01T00:00:00Z') }],
  ] as const)('is refused: %s (%o)', (refusal, facts) => {
    expect(legacy(facts)).toEqual({ kind: 'refused', refusal })
  })
})
