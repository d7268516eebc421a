import { describe, expect, test } from 'vitest'
import {
  allowsBilling,
  allowsGlobalAdministratorInBilling,
  type BillingRole,
  billingRoleDefinitions,
  billingRoleId,
  billingTasks,
  rolesAllowedTo,
} from '../../../src/domain/access/billing-roles.ts'

const account = '/providers/Microsoft.Billing/billingAccounts/acc'
const profile = `${account}/billingProfiles/PROF-0001-AAA-AAA`
const section = `${profile}/invoiceSections/SECT-0001-AAA-AAA`
const scopeOf = { account, profile, section }

const holding = (role: BillingRole, scope: string) => [{ scope, roleDefinitionName: billingRoleId(role) }]

describe('the role × task matrix', () => {
  test('BIL-16: it has 52 rows, and every role that a row allows passes at its scope while every other is refused', () => {
    expect(billingTasks).toHaveLength(52)
    for (const task of billingTasks)
      for (const { role, scopeKind } of billingRoleDefinitions)
        expect(allowsBilling(task, holding(role, scopeOf[scopeKind]), section), `${role} ${task}`).toBe(
          rolesAllowedTo(task).includes(role),
        )
  })

  test('SUB-7: no billing role cancels a subscription', () => {
    for (const task of ['A14', 'P20', 'S10', 'U5'] as const) expect(rolesAllowedTo(task)).toEqual([])
  })

  test('BIL-18: an account contributor pays by card through the account and not through the profile', () => {
    expect(allowsBilling('A8', holding('BAC', account), account)).toBe(true)
    expect(allowsBilling('P8', holding('BAC', account), profile)).toBe(false)
    expect(allowsBilling('P8', holding('IM', profile), profile)).toBe(true)
  })

  test('BIL-14: a subscription creator creates and sees nothing', () => {
    const able = billingTasks.filter((task) => allowsBilling(task, holding('SC', section), section))
    expect(able).toEqual(['S9', 'U1'])
  })

  test('ACC-9: a role is inherited from account to profile to section and never the other way or sideways', () => {
    expect(allowsBilling('S4', holding('BPC', profile), section)).toBe(true)
    expect(allowsBilling('P4', holding('BPC', profile), account)).toBe(false)
    expect(allowsBilling('P4', holding('BPC', profile), `${account}/billingProfiles/PROF-0002-AAA-AAA`)).toBe(false)
    expect(allowsBilling('P4', holding('BPC', profile), `${profile}2`)).toBe(false)
    expect(allowsBilling('P4', [...holding('BPR', profile), ...holding('BAC', account)], profile)).toBe(true)
  })

  test('ACC-8: a Global administrator sees everything and manages who has access, and changes nothing else', () => {
    const able = billingTasks.filter(allowsGlobalAdministratorInBilling)
    const reading = billingTasks.filter((task) => rolesAllowedTo(task).includes('BAR'))
    expect(able.toSorted()).toEqual([...reading, 'A2', 'P2', 'S2'].toSorted())
  })
})
