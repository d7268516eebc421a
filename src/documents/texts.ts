import type { InvoiceLanguage } from '../domain/billing/invoice-document.ts'

/** Every word of the documents; a language that misses one does not compile. */
export interface DocumentTexts {
  readonly locale: string
  readonly invoice: string
  readonly creditNote: string
  readonly statement: string
  readonly preview: string
  readonly previewNote: string
  readonly number: string
  readonly invoiceDate: string
  readonly dueDate: string
  readonly period: string
  readonly terms: (days: number) => string
  readonly poNumber: string
  readonly billingAccount: string
  readonly billingProfile: string
  readonly taxId: string
  readonly billTo: string
  readonly soldTo: string
  readonly corrects: string
  readonly reason: string
  readonly charges: string
  readonly credits: string
  readonly creditsApplied: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
  readonly amountDue: string
  readonly payTo: string
  readonly reverseCharge: string
  readonly taxRate: (rate: string, taxable: string) => string
  readonly details: string
  readonly section: string
  readonly customer: string
  readonly description: string
  readonly quantity: string
  readonly unitPrice: string
  readonly charge: string
  readonly credit: string
  readonly tiered: string
  readonly included: (quantity: string, unit: string) => string
  readonly freeQuantity: string
  readonly consumed: (consumed: string, granted: string) => string
  readonly nothingUsed: string
  readonly page: (page: number, pages: number) => string
  readonly priceList: string
  readonly subscription: string
  readonly utc: string
  readonly adjustmentOf: (period: string) => string
  readonly originals: string
  readonly lines: {
    readonly usage: (product: string, resource: string) => string
    readonly stackUsage: (product: string, resource: string) => string
    readonly authentications: (tenant: string) => string
    readonly authenticationsUntil: (tenant: string, until: string) => string
    readonly monthlyActiveUsers: (tenant: string) => string
    readonly monthlyActiveUsersFrom: (tenant: string, from: string) => string
    readonly secondFactorAttempts: (tenant: string) => string
    readonly localResidency: (tenant: string) => string
    readonly fixedFee: (product: string) => string
    readonly minimum: (product: string) => string
    readonly product: (days: string, of: string) => string
    readonly credit: (number: string, line: string) => string
  }
  readonly notes: {
    readonly transitionMonth: (tenant: string, changedAt: string) => string
    readonly reverseCharge: string
    readonly lateUsage: (periods: string) => string
    readonly exchangeRate: (from: string, to: string, rate: string, day: string) => string
  }
}

const english: DocumentTexts = {
  locale: 'en-GB',
  invoice: 'Invoice',
  creditNote: 'Credit note',
  statement: 'Statement',
  preview: 'Preview',
  previewNote: 'Estimated before the month is closed. Figures may change until then; this is not an invoice.',
  number: 'Number',
  invoiceDate: 'Invoice date',
  dueDate: 'Due date',
  period: 'Billing period',
  terms: (days) => (days === 0 ? 'Due at once' : `${days} days net`),
  poNumber: 'Your PO number',
  billingAccount: 'Billing account',
  billingProfile: 'Billing profile',
  taxId: 'Tax id',
  billTo: 'Bill to',
  soldTo: 'Sold to',
  corrects: 'Corrects invoice',
  reason: 'Reason',
  charges: 'Charges',
  credits: 'Credits',
  creditsApplied: 'Credits applied',
  subtotal: 'Subtotal before tax',
  tax: 'Tax',
  total: 'Total',
  amountDue: 'Amount due',
  payTo: 'Payment',
  reverseCharge: 'Reverse charge',
  taxRate: (rate, taxable) => `Tax ${rate} % on ${taxable}`,
  details: 'Details',
  section: 'Invoice section',
  customer: 'Customer',
  description: 'Description',
  quantity: 'Quantity',
  unitPrice: 'Unit price',
  charge: 'Charge',
  credit: 'Credit',
  tiered: 'tiered',
  included: (quantity, unit) => `of which ${quantity} ${unit} free of charge`,
  freeQuantity: 'Free quantity',
  consumed: (consumed, granted) => `${consumed} of ${granted} used`,
  nothingUsed: 'Nothing was used in this period.',
  page: (page, pages) => `Page ${page} of ${pages}`,
  priceList: 'Price list',
  subscription: 'Subscription',
  utc: 'All times are UTC. Periods include their first instant and exclude their last.',
  adjustmentOf: (period) => `Adjustment of ${period}: usage reported after that month was closed`,
  originals: 'first billed on',
  lines: {
    usage: (product, resource) => (resource === '' ? product : `${product}, ${resource}`),
    stackUsage: (product, resource) => (resource === '' ? product : `${product}, ${resource}`),
    authentications: (tenant) => `Authentications, ${tenant}`,
    authenticationsUntil: (tenant, until) => `Authentications, until ${until}, ${tenant}`,
    monthlyActiveUsers: (tenant) => `Monthly active users, ${tenant}`,
    monthlyActiveUsersFrom: (tenant, from) => `Monthly active users, from ${from}, ${tenant}`,
    secondFactorAttempts: (tenant) => `Second-factor attempts, ${tenant}`,
    localResidency: (tenant) => `Local data residency, ${tenant}`,
    fixedFee: (product) => `${product}, fixed fee`,
    minimum: (product) => `${product}, up to the agreed minimum`,
    product: (days, of) => `Price of a month, ${days} of ${of} days`,
    credit: (number, line) => `Credit of line ${line} on ${number}`,
  },
  notes: {
    transitionMonth: (tenant, changedAt) =>
      `${tenant} changed from authentications to monthly active users at ${changedAt}. Users charged per authentication before that instant are not counted as active users in this month.`,
    reverseCharge: 'Reverse charge: the buyer accounts for the tax.',
    lateUsage: (periods) =>
      `This document also bills usage of ${periods} that was reported after that month was closed. Each such line states its true dates.`,
    exchangeRate: (from, to, rate, day) => `Converted at 1 ${from} = ${rate} ${to}, the rate of ${day}.`,
  },
}

const swedish: DocumentTexts = {
  locale: 'sv-SE',
  invoice: 'Faktura',
  creditNote: 'Kreditfaktura',
  statement: 'Specifikation',
  preview: 'Förhandsvisning',
  previewNote: 'Uppskattad innan månaden är stängd. Beloppen kan ändras till dess; detta är ingen faktura.',
  number: 'Nummer',
  invoiceDate: 'Fakturadatum',
  dueDate: 'Förfallodag',
  period: 'Faktureringsperiod',
  terms: (days) => (days === 0 ? 'Betalas omgående' : `${days} dagar netto`),
  poNumber: 'Ert ordernummer',
  billingAccount: 'Faktureringskonto',
  billingProfile: 'Faktureringsprofil',
  taxId: 'Momsnummer',
  billTo: 'Faktureras till',
  soldTo: 'Säljs till',
  corrects: 'Rättar faktura',
  reason: 'Orsak',
  charges: 'Debiteringar',
  credits: 'Krediteringar',
  creditsApplied: 'Avräknat tillgodohavande',
  subtotal: 'Summa före moms',
  tax: 'Moms',
  total: 'Totalt',
  amountDue: 'Att betala',
  payTo: 'Betalning',
  reverseCharge: 'Omvänd betalningsskyldighet',
  taxRate: (rate, taxable) => `Moms ${rate} % på ${taxable}`,
  details: 'Specifikation',
  section: 'Fakturaavsnitt',
  customer: 'Kund',
  description: 'Beskrivning',
  quantity: 'Antal',
  unitPrice: 'À-pris',
  charge: 'Belopp',
  credit: 'Kredit',
  tiered: 'trappa',
  included: (quantity, unit) => `varav ${quantity} ${unit} utan kostnad`,
  freeQuantity: 'Fri kvantitet',
  consumed: (consumed, granted) => `${consumed} av ${granted} förbrukat`,
  nothingUsed: 'Ingenting har förbrukats under perioden.',
  page: (page, pages) => `Sida ${page} av ${pages}`,
  priceList: 'Prislista',
  subscription: 'Prenumeration',
  utc: 'Alla tider är UTC. En period omfattar sitt första men inte sitt sista ögonblick.',
  adjustmentOf: (period) => `Justering av ${period}: förbrukning som rapporterats efter att månaden stängts`,
  originals: 'först fakturerad på',
  lines: {
    usage: (product, resource) => (resource === '' ? product : `${product}, ${resource}`),
    stackUsage: (product, resource) => (resource === '' ? product : `${product}, ${resource}`),
    authentications: (tenant) => `Autentiseringar, ${tenant}`,
    authenticationsUntil: (tenant, until) => `Autentiseringar, till ${until}, ${tenant}`,
    monthlyActiveUsers: (tenant) => `Månatliga aktiva användare, ${tenant}`,
    monthlyActiveUsersFrom: (tenant, from) => `Månatliga aktiva användare, från ${from}, ${tenant}`,
    secondFactorAttempts: (tenant) => `Försök med andra faktorn, ${tenant}`,
    localResidency: (tenant) => `Lokal datalagring, ${tenant}`,
    fixedFee: (product) => `${product}, fast avgift`,
    minimum: (product) => `${product}, upp till avtalat minimum`,
    product: (days, of) => `Månadspris, ${days} av ${of} dagar`,
    credit: (number, line) => `Kreditering av rad ${line} på ${number}`,
  },
  notes: {
    transitionMonth: (tenant, changedAt) =>
      `${tenant} övergick från autentiseringar till månatliga aktiva användare ${changedAt}. Användare som debiterats per autentisering före övergången räknas inte som aktiva användare denna månad.`,
    reverseCharge: 'Omvänd betalningsskyldighet: köparen redovisar momsen.',
    lateUsage: (periods) =>
      `Här faktureras även förbrukning under ${periods} som rapporterats efter att månaden stängts. Varje sådan rad anger sina rätta datum.`,
    exchangeRate: (from, to, rate, day) => `Omräknat med 1 ${from} = ${rate} ${to}, kursen ${day}.`,
  },
}

export const textsOf = (language: InvoiceLanguage): DocumentTexts => (language === 'sv' ? swedish : english)
