import { describe, expect, test } from 'vitest'
import {
  formatSectionScope,
  parseSectionScope,
  type PayingSection,
  requireChargeable,
} from '../../../src/domain/resource/subscription-creation.ts'

const account = '1b4e28ba-2fa1-11d2-883f-0016d3cca427:6fa459ea-ee8a-3ca4-894e-db77e160355e_2019-05-31'
const scope = `/providers/Microsoft.Billing/billingAccounts/${account}/billingProfiles/AAAA-BBBB-CCC-DDD/invoiceSections/EEEE-FFFF-GGG-HHH`
const section: PayingSection = {
  ...parseSectionScope(scope),
  tenantId: 't',
  accountStatus: 'Active',
  profileStatus: 'Active',
  sectionState: 'Active',
}

describe('the payer of a new subscription', () => {
  test.each([
    scope,
    scope.replace(account, encodeURIComponent(account)),
    `/${scope}/`,
    scope.replace('Microsoft.Billing', 'microsoft.billing').replace('billingAccounts', 'BillingAccounts'),
  ])('SUB-2: %s names a section', (text) => {
    expect(formatSectionScope(parseSectionScope(text))).toBe(scope)
  })

  test.each([
    scope.slice(0, scope.indexOf('/invoiceSections')),
    `/providers/Microsoft.Billing/billingAccounts/${account}/customers/x`,
    '',
  ])('SUB-2: %j names none', (text) => {
    expect(() => parseSectionScope(text)).toThrow(/not the id of an invoice section/)
  })

  test.each([
    [{ accountStatus: 'Disabled' }, /billing account .* is Disabled/],
    [{ profileStatus: 'PastDue' }, /billing profile .* is PastDue/],
    [{ profileStatus: 'Disabled' }, /billing profile .* is Disabled/],
    [{ sectionState: 'Restricted' }, /invoice section .* is Restricted/],
  ])('%j pays for nothing new', (change, message) => {
    expect(() => requireChargeable({ ...section, ...change }, section)).toThrow(message)
  })

  test('a warned profile still pays', () => {
    expect(requireChargeable({ ...section, profileStatus: 'Warned' }, section).profileStatus).toBe('Warned')
    expect(() => requireChargeable(undefined, section)).toThrow(/could not be found/)
  })
})
