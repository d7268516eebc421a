/** ISO 4217 codes with the number of decimals of their minor unit. */
export const minorUnitDigits = {
  AED: 2,
  ARS: 2,
  AUD: 2,
  BGN: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CLP: 0,
  CNY: 2,
  COP: 2,
  CZK: 2,
  DKK: 2,
  EGP: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  HUF: 2,
  IDR: 2,
  ILS: 2,
  INR: 2,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KES: 2,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  MAD: 2,
  MXN: 2,
  MYR: 2,
  NGN: 2,
  NOK: 2,
  NZD: 2,
  OMR: 3,
  PEN: 2,
  PHP: 2,
  PLN: 2,
  PYG: 0,
  QAR: 2,
  RON: 2,
  RSD: 2,
  SAR: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  TRY: 2,
  TWD: 2,
  UAH: 2,
  UGX: 0,
  USD: 2,
  UYU: 2,
  VND: 0,
  XAF: 0,
  XOF: 0,
  ZAR: 2,
} as const

export type Currency = keyof typeof minorUnitDigits

/** Undefined for a code whose minor unit is not known here: guessing two decimals would misstate money. */
export function findCurrency(code: string): Currency | undefined {
  return isCurrency(code) ? code : undefined
}

export function getCurrency(code: string): Currency {
  const currency = findCurrency(code)
  if (!currency) throw new RangeError(`Currency ${JSON.stringify(code)} is not supported`)
  return currency
}

function isCurrency(code: string): code is Currency {
  return Object.hasOwn(minorUnitDigits, code)
}
