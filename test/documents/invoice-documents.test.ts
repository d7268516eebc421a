import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { InvoiceDocument } from '../../src/domain/billing/invoice-document.ts'
import { renderInvoiceCsv } from '../../src/documents/invoice-csv.ts'
import { renderInvoicePdf } from '../../src/documents/invoice-pdf.ts'
import { renderStatementText } from '../../src/documents/statement-text.ts'
import { sampleInvoice } from './sample-invoice.ts'

const require = createRequire(import.meta.url)
const font = (path: string): Uint8Array => readFileSync(require.resolve(`@expo-google-fonts/inter/${path}`))
const fonts = { regular: font('400Regular/Inter_400Regular.ttf'), bold: font('600SemiBold/Inter_600SemiBold.ttf') }
const folder = mkdtempSync(join(tmpdir(), 'tenantry-pdf-'))

function textOf(pdf: Uint8Array): string {
  const file = join(folder, 'document.pdf')
  writeFileSync(file, pdf)
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
}

const withSectionName = (displayName: string): InvoiceDocument => ({
  ...sampleInvoice,
  sections: sampleInvoice.sections.map((section) => ({ ...section, displayName })),
})

test('INV-5, INV-6, BIL-24: the invoice states seller, buyer, number, dates, period, order number, sums and tax', async () => {
  const text = textOf(await renderInvoicePdf(sampleInvoice, 'en', fonts))
  for (const part of [
    'Invoice INV-2019-000001',
    'Nordic Cloud Works AB',
    'SE556677889901',
    'Contoso Ltd',
    'Vällingby',
    'PO-7781',
    '2019-12-04',
    '2020-01-03',
    '2019-11-01 – 2019-11-30',
    '30 days net',
    'USD 13.13',
    'Tax 25 % on USD 10.50',
    'IBAN SE35',
  ])
    expect(text.replaceAll('\u00a0', ' ')).toContain(part)
})

test('INV-10, MAU-24: in the month of change both lines state their instant, and a note says that nobody is counted twice', async () => {
  const english = textOf(await renderInvoicePdf(sampleInvoice, 'en', fonts))
  expect(english).toMatch(/Authentications, until 2019-11-10 14:23:07.*\s300\s+0\.01/)
  expect(english).toMatch(/Monthly active users, from 2019-11-10 14:23:07.*\s150\s+0\.05/)
  expect(english).toContain('are not counted as active users in this month')
  const swedish = textOf(await renderInvoicePdf(sampleInvoice, 'sv', fonts)).replaceAll('\u00a0', ' ')
  expect(swedish).toContain('Faktura INV-2019-000001')
  expect(swedish).toMatch(/Autentiseringar, till 2019-11-10 14:23:07/)
  expect(swedish).toContain('13,13 USD')
})

test('I-08: the same document drawn again gives the same bytes', async () => {
  const [first, second] = [
    await renderInvoicePdf(sampleInvoice, 'sv', fonts),
    await renderInvoicePdf(sampleInvoice, 'sv', fonts),
  ]
  expect(Buffer.compare(first, second)).toBe(0)
})

test('S32: names cannot run anything: no script, launch or remote action in the file, and odd characters survive as text', async () => {
  const name = String.raw`Sales (north) \ <b>x</b> )) /JS (app.alert) Å ä`
  const pdf = await renderInvoicePdf(withSectionName(name), 'en', fonts)
  const raw = Buffer.from(pdf).toString('latin1')
  for (const forbidden of ['/JavaScript', '/JS', '/Launch', '/URI', '/OpenAction']) expect(raw).not.toContain(forbidden)
  expect(textOf(pdf)).toContain('Sales (north)')
})

test('INV-7: a long invoice goes on over pages, each numbered, with no line lost', async () => {
  const [section] = sampleInvoice.sections
  const [first] = section?.products[0]?.serviceFamilies[0]?.lines ?? []
  if (!section || !first) throw new Error('the sample has lines')
  const lines = Array.from({ length: 120 }, (_unused, index) => ({
    ...first,
    lineNumber: index + 1,
    description: { key: 'usage' as const, parameters: { product: 'Storage', resource: `account-${index + 1}.` } },
  }))
  const long = {
    ...sampleInvoice,
    sections: [{ ...section, products: [{ name: { en: 'Storage' }, serviceFamilies: [{ name: '', lines }] }] }],
  }
  const text = textOf(await renderInvoicePdf(long, 'en', fonts))
  for (let index = 1; index <= 120; index++) expect(text).toContain(`account-${index}.`)
  expect(text).toMatch(/Page 1 of [5-9]/)
})

test('INV-3: a preview says that it is estimated and not an invoice', async () => {
  const text = textOf(await renderInvoicePdf({ ...sampleInvoice, issue: null }, 'en', fonts))
  expect(text).toContain('Preview')
  expect(text).toContain('this is not an invoice')
})

test('S33: a text that begins like a formula is made plain in the CSV, and a negative amount stays a number', () => {
  const formula = withSectionName('=HYPERLINK("http://x")')
  const credit = {
    ...formula,
    sections: formula.sections.map((section) => ({
      ...section,
      products: section.products.map((product) => ({
        ...product,
        serviceFamilies: product.serviceFamilies.map((family) => ({
          ...family,
          lines: family.lines.map((line) => ({ ...line, credit: '-3.00' })),
        })),
      })),
    })),
  }
  const [header = '', first = ''] = new TextDecoder().decode(renderInvoiceCsv(credit, 'en')).split('\r\n')
  expect(header.split(',')).toContain('effectiveUnitPrice')
  expect(first).toContain(`"'=HYPERLINK(""http://x"")"`)
  expect(first).toContain(',-3.00,')
})

test('INV-10: the terminal shows the same two lines and the same total', () => {
  const text = renderStatementText(sampleInvoice, 'en').replaceAll('\u00a0', ' ')
  expect(text).toMatch(/Authentications, until 2019-11-10 14:23:07, contosoid\.onmicrosoft\.com +300 +0\.01 +USD 3\.00/)
  expect(text).toMatch(
    /Monthly active users, from 2019-11-10 14:23:07, contosoid\.onmicrosoft\.com +150 +0\.05 +USD 7\.50/,
  )
  expect(text).toMatch(/Total +USD 13\.13/)
})
