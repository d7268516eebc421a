import { expect, test } from 'vitest'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import {
  allowsInConsole,
  type ConsoleRight,
  type ConsoleRole,
  consoleRights,
  consoleRolesOf,
  holdersOfConsoleRight,
} from '../../../src/domain/access/partner-console.ts'

const columns: readonly ConsoleRole[] = [
  'globalAdministrator',
  'adminAgent',
  'salesAgent',
  'helpdeskAgent',
  'billingAdministrator',
  'userAdministrator',
]

/** As the rule's table has it: G A S H B U, and `.` for no. */
const table: Record<ConsoleRight, string> = {
  manageUsers: 'G....U',
  addCustomer: 'GAS..U',
  viewCustomers: 'GASH..',
  requestRelationship: 'GAS...',
  requestDelegatedPrivileges: 'GAS...',
  attestAgreement: '.AS...',
  sell: 'GAS...',
  createSubscription: '.A....',
  assignSubscription: 'G.S...',
  actOnBehalf: '.A....',
  suspendSubscription: 'GAS...',
  cancelSubscription: '......',
  removeRelationship: 'G.....',
  viewInvoices: 'GA..B.',
  viewPrices: 'GAS.B.',
  supportCustomer: '.A.H..',
  createSharedServices: 'GAS...',
}

test('PAR-17: each console role has the rights of its column and no other', () => {
  expect(Object.keys(table).toSorted()).toEqual(consoleRights.toSorted())
  for (const right of consoleRights)
    expect(columns.map((role, index) => (allowsInConsole(right, [role]) ? 'GASHBU'[index] : '.')).join(''), right).toBe(
      table[right],
    )
})

test('PAR-17: cancelling needs Global administrator and Admin agent in one person', () => {
  expect(allowsInConsole('cancelSubscription', ['globalAdministrator', 'adminAgent'])).toBe(true)
  expect(allowsInConsole('cancelSubscription', ['globalAdministrator', 'salesAgent', 'billingAdministrator'])).toBe(
    false,
  )
  expect(holdersOfConsoleRight('cancelSubscription')).toBe("'Global administrator' together with 'Admin agent'")
})

test('ACC-1: console roles come from the agents of the partner and its three directory roles, and from nothing else', () => {
  const groups = { adminAgents: 'a', helpdeskAgents: 'h', salesAgents: 's' }
  const of = (principals: string[], roleTemplateIds: string[]) =>
    consoleRolesOf(groups, { principals, roleTemplateIds })
  expect(
    of(['me', 'other group'], [directoryRoleIds.helpdeskAdministrator, directoryRoleIds.directoryReaders]),
  ).toEqual([])
  expect(of(['me', 's', 'h'], [directoryRoleIds.billingAdministrator])).toEqual([
    'billingAdministrator',
    'salesAgent',
    'helpdeskAgent',
  ])
  for (const right of consoleRights) expect(allowsInConsole(right, [])).toBe(false)
})
