import type { PriceEntry } from './price-list.ts'

type Figures = { readonly USD: string; readonly EUR: string; readonly SEK: string }

interface StackPrice {
  readonly meterId: string
  readonly unit: string
  readonly en: string
  readonly sv: string
  readonly serviceFamily: string
  readonly figures: Figures
}

/** Our own figures for the stack meters that are charged; meters that repeat another one have no price (STK-26, STK-27). */
const stackPrices: readonly StackPrice[] = [
  {
    meterId: 'fab6eb84-500b-4a09-a8ca-7358f8bbaea5',
    unit: 'virtual-core hour',
    en: 'Virtual machine, base',
    sv: 'Virtuell dator, bas',
    serviceFamily: 'Compute',
    figures: { USD: '0.008', EUR: '0.0075', SEK: '0.085' },
  },
  {
    meterId: '9cd92d4c-bafd-4492-b278-bedc2de8232a',
    unit: 'virtual-core hour',
    en: 'Virtual machine, Windows',
    sv: 'Virtuell dator, Windows',
    serviceFamily: 'Compute',
    figures: { USD: '0.046', EUR: '0.043', SEK: '0.48' },
  },
  {
    meterId: '190c935e-9ada-48ff-9ab8-56ea1cf9adaa',
    unit: 'virtual-core hour',
    en: 'Application service',
    sv: 'Programtjänst',
    serviceFamily: 'Compute',
    figures: { USD: '0.056', EUR: '0.052', SEK: '0.58' },
  },
  {
    meterId: '09f8879e-87e9-4305-a572-4b7be209f857',
    unit: 'GB hour',
    en: 'Block storage, capacity',
    sv: 'Blocklagring, kapacitet',
    serviceFamily: 'Storage',
    figures: { USD: '0.00001', EUR: '0.000009', SEK: '0.0001' },
  },
  {
    meterId: 'b5c15376-6c94-4fdd-b655-1a69d138aca3',
    unit: 'GB hour',
    en: 'Page storage, capacity',
    sv: 'Sidlagring, kapacitet',
    serviceFamily: 'Storage',
    figures: { USD: '0.00001', EUR: '0.000009', SEK: '0.0001' },
  },
  {
    meterId: 'b4438d5d-453b-4ee1-b42a-dc72e377f1e4',
    unit: 'GB hour',
    en: 'Table storage, capacity',
    sv: 'Tabellagring, kapacitet',
    serviceFamily: 'Storage',
    figures: { USD: '0.00001', EUR: '0.000009', SEK: '0.0001' },
  },
  {
    meterId: 'b03c6ae7-b080-4bfa-84a3-22c800f315c6',
    unit: 'GB hour',
    en: 'Queue storage, capacity',
    sv: 'Kölagring, kapacitet',
    serviceFamily: 'Storage',
    figures: { USD: '0.00001', EUR: '0.000009', SEK: '0.0001' },
  },
  {
    meterId: 'f271a8a388c44d93956a063e1d2fa80b',
    unit: 'address',
    en: 'Static address',
    sv: 'Fast adress',
    serviceFamily: 'Network',
    figures: { USD: '0.004', EUR: '0.0037', SEK: '0.042' },
  },
  {
    meterId: 'ebf13b9f-b3ea-46fe-bf54-396e93d48ab4',
    unit: '10,000 requests',
    en: 'Key vault, requests',
    sv: 'Nyckelvalv, anrop',
    serviceFamily: 'Security',
    figures: { USD: '0.03', EUR: '0.028', SEK: '0.31' },
  },
]

export function stackPriceEntries(currency: keyof Figures): readonly PriceEntry[] {
  return stackPrices.map(({ meterId, unit, en, sv, serviceFamily, figures }) => ({
    meterId,
    unit,
    productName: { en, sv },
    serviceFamily,
    price: { model: 'perUnit', scope: 'profile', unitPrice: figures[currency] },
  }))
}
