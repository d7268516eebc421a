import { z } from 'zod'
import { billingAccountId, billingProfileId } from '../../domain/billing/billing-ids.ts'
import { formatCardExpiry, isExpired, type PaymentFamily } from '../../domain/billing/payment-method.ts'
import type { WantedPaymentMethod } from '../../operations/change-payment-method.ts'

const line = z.string().trim().min(1).max(128).optional()

export const paymentMethodBody = z.object({
  properties: z
    .object({
      family: z.enum(['CreditCard', 'CheckWire', 'Credits']).optional(),
      cardReference: line,
      paymentMethodType: line,
      lastFourDigits: z
        .string()
        .regex(/^\d{4}$/, 'is four digits')
        .optional(),
      expiration: z.string().max(16).optional(),
      accountHolderName: line,
      displayName: line,
      isDefault: z.boolean().optional(),
      replaces: z.guid().optional(),
      // What nobody may send, so that it is refused by name and not left out in silence.
      cardNumber: z.never('The number of a card is not taken here.').optional(),
      cvv: z.never('The check value of a card is not taken here.').optional(),
    })
    .default({}),
})

export function fromWirePaymentMethod({ properties }: z.output<typeof paymentMethodBody>): WantedPaymentMethod {
  return {
    family: properties.family,
    cardReference: properties.cardReference,
    cardType: properties.paymentMethodType,
    lastFourDigits: properties.lastFourDigits,
    expiration: properties.expiration,
    accountHolderName: properties.accountHolderName,
    displayName: properties.displayName,
    isDefault: properties.isDefault,
    replaces: properties.replaces,
  }
}

interface MethodToWire {
  readonly name: string
  readonly billingAccountName: string
  readonly family: PaymentFamily
  readonly displayName: string
  readonly accountHolderName: string | null
  readonly cardType: string | null
  readonly lastFourDigits: string | null
  readonly expiresAt: Date | null
}

const methodId = (name: string): string => `/providers/Microsoft.Billing/paymentMethods/${name}`

function toWireDetails(method: MethodToWire, now: Date) {
  return {
    family: method.family,
    paymentMethodType: method.cardType ?? method.family,
    displayName: method.displayName,
    accountHolderName: method.accountHolderName ?? undefined,
    lastFourDigits: method.lastFourDigits ?? undefined,
    expiration: method.expiresAt ? formatCardExpiry(method.expiresAt) : undefined,
    logos: [],
    status: isExpired(method, now) ? 'inactive' : 'active',
  }
}

export function toWireOwnMethod(method: MethodToWire, now: Date) {
  return {
    id: methodId(method.name),
    name: method.name,
    type: 'Microsoft.Billing/paymentMethods',
    properties: toWireDetails(method, now),
  }
}

export function toWireAccountMethod(method: MethodToWire, now: Date) {
  return {
    id: `${billingAccountId(method.billingAccountName)}/paymentMethods/${method.name}`,
    name: method.name,
    type: 'Microsoft.Billing/billingAccounts/paymentMethods',
    properties: toWireDetails(method, now),
  }
}

export function toWireLink(
  account: string,
  link: MethodToWire & { readonly billingProfileName: string; readonly isDefault: boolean },
  now: Date,
) {
  const details = toWireDetails(link, now)
  return {
    id: `${billingProfileId(account, link.billingProfileName)}/paymentMethodLinks/${link.name}`,
    name: link.name,
    type: 'Microsoft.Billing/billingAccounts/billingProfiles/paymentMethodLinks',
    properties: {
      ...details,
      paymentMethodId: methodId(link.name),
      paymentMethod: { id: methodId(link.name), ...details },
      isDefault: link.isDefault,
    },
  }
}
