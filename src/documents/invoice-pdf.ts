import PDFDocument from 'pdfkit'
import type { InvoiceDocument, InvoiceLanguage, InvoiceLine } from '../domain/billing/invoice-document.ts'
import { addressLines } from './address-lines.ts'
import { formatDate, formatDecimal, formatMoney } from './format.ts'
import { lineRemarks, lineText, noteText, productName } from './line-text.ts'
import { type DocumentTexts, textsOf } from './texts.ts'

/** Font files as bytes; they are embedded, so that the document looks the same everywhere and may be archived. */
export interface DocumentFonts {
  readonly regular: Uint8Array
  readonly bold: Uint8Array
}

const margin = 50
const pageWidth = 595.28
const pageHeight = 841.89
const right = pageWidth - margin
const footerTop = pageHeight - 64
const ink = '#1b1f24'
const quiet = '#5c6670'
const accent = '#0b5c7d'
const hairline = '#d5dbe1'

/** Columns of the details, by their right edges (the description by its left). */
const column = { quantity: 385, unitPrice: 455, charge: right }

type Pdf = InstanceType<typeof PDFDocument>
type Section = ReturnType<Pdf['struct']>

/** Draws a document: tagged and with embedded fonts (PDF/A-2a); the same document gives the same bytes. */
export async function renderInvoicePdf(
  invoice: InvoiceDocument,
  language: InvoiceLanguage,
  fonts: DocumentFonts,
): Promise<Uint8Array> {
  const texts = textsOf(language)
  const title = titleOf(invoice, texts)
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: margin, left: margin, right: margin, bottom: 0 },
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    displayTitle: true,
    lang: texts.locale,
    font: fonts.regular as unknown as string,
    info: {
      Title: title,
      Author: invoice.seller.legalName,
      Subject: `${texts.period} ${invoice.period.name}`,
      Creator: 'Tenantry',
      Producer: 'Tenantry',
      // Dates of the document, never of the drawing: drawn again, it is the same file.
      CreationDate: new Date(invoice.issue?.invoiceDate ?? invoice.period.to),
      ModDate: new Date(invoice.issue?.invoiceDate ?? invoice.period.to),
    },
  })
  pdf.registerFont('regular', fonts.regular)
  pdf.registerFont('bold', fonts.bold)
  const chunks: Uint8Array[] = []
  const finished = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  const sheet = new Sheet(pdf, root, invoice, language, texts)
  sheet.head(title)
  sheet.summary()
  sheet.details()
  sheet.notes()
  root.end()
  sheet.footers(title)
  pdf.end()
  await finished
  return Buffer.concat(chunks)
}

export function titleOf(invoice: InvoiceDocument, texts: DocumentTexts): string {
  const kind = { Invoice: texts.invoice, CreditNote: texts.creditNote, Statement: texts.statement }[
    invoice.documentType
  ]
  if (!invoice.issue) return `${texts.preview} \u2013 ${kind}`
  return invoice.issue.number === null ? `${kind} ${invoice.period.name}` : `${kind} ${invoice.issue.number}`
}

class Sheet {
  readonly #pdf: Pdf
  readonly #root: Section
  readonly #invoice: InvoiceDocument
  readonly #language: InvoiceLanguage
  readonly #texts: DocumentTexts

  constructor(pdf: Pdf, root: Section, invoice: InvoiceDocument, language: InvoiceLanguage, texts: DocumentTexts) {
    this.#pdf = pdf
    this.#root = root
    this.#invoice = invoice
    this.#language = language
    this.#texts = texts
  }

  head(title: string): void {
    const { seller, billingProfile, billingAccount, issue, period, paymentTermsDays, creditFor } = this.#invoice
    const texts = this.#texts
    this.#text('H1', title, margin, margin, { size: 24, font: 'bold', width: 330 })
    if (!issue) this.#text('P', texts.previewNote, margin, margin + 34, { size: 9, color: accent, width: 300 })
    const sellerLines = addressLines(seller.address, seller.legalName)
    const [first, ...others] = sellerLines[0] === seller.legalName ? sellerLines : [seller.legalName, ...sellerLines]
    this.#text('P', first ?? '', 380, margin + 4, { size: 11, font: 'bold', width: right - 380, align: 'right' })
    let y = margin + 20
    for (const line of [...others, seller.taxId === '' ? '' : `${texts.taxId} ${seller.taxId}`].filter(Boolean)) {
      this.#text('P', line, 380, y, { size: 9, color: quiet, width: right - 380, align: 'right' })
      y += 12
    }
    const top = Math.max(y + 26, 138)
    const billTo = addressLines(billingProfile.billTo, billingProfile.displayName)
    const soldTo = addressLines(billingAccount.soldTo, billingAccount.displayName)
    const left = this.#block(
      texts.billTo,
      [...billTo, ...(billingProfile.taxId ? [`${texts.taxId} ${billingProfile.taxId}`] : [])],
      margin,
      top,
    )
    const middle = this.#block(texts.soldTo, soldTo, 205, top)
    const facts: [string, string][] = [
      ...(issue?.number ? [[texts.number, issue.number] as [string, string]] : []),
      ...(issue ? [[texts.invoiceDate, formatDate(issue.invoiceDate)] as [string, string]] : []),
      ...(issue?.number ? [[texts.dueDate, formatDate(issue.dueDate)] as [string, string]] : []),
      [
        texts.period,
        `${formatDate(period.from)} \u2013 ${formatDate(new Date(new Date(period.to).getTime() - 1).toISOString())}`,
      ],
      ['', texts.terms(paymentTermsDays)],
      [texts.billingProfile, billingProfile.displayName],
      ...(billingProfile.poNumber ? [[texts.poNumber, billingProfile.poNumber] as [string, string]] : []),
      ...(creditFor
        ? ([
            [texts.corrects, creditFor.number],
            [texts.reason, creditFor.reason],
          ] as [string, string][])
        : []),
    ]
    let factY = top
    for (const [label, value] of facts) {
      this.#text('P', label, 345, factY, { size: 9, color: quiet, width: 100 })
      factY += this.#text('P', value, 440, factY, { size: 9, width: right - 440, align: 'right' }) + 3
    }
    this.#pdf.y = Math.max(left, middle, factY) + 22
  }

  summary(): void {
    const { summary, taxGroups, currency, issue, seller, documentType } = this.#invoice
    const texts = this.#texts
    const money = (amount: string): string => formatMoney(amount, currency, texts.locale)
    const top = this.#pdf.y
    this.#artifact(() => this.#pdf.roundedRect(margin, top, right - margin, 128, 4).fill('#f3f6f8'))
    const isOwed = documentType === 'Invoice' && issue !== null
    this.#text('P', isOwed ? texts.amountDue : texts.total, margin + 18, top + 18, {
      size: 10,
      color: quiet,
      width: 200,
    })
    this.#text('P', money(summary.total), margin + 18, top + 34, { size: 24, font: 'bold', color: accent, width: 230 })
    const { bankDetails } = seller
    const bank = [
      bankDetails.iban ? `IBAN ${bankDetails.iban}` : undefined,
      bankDetails.bic ? `BIC ${bankDetails.bic}` : undefined,
      bankDetails.accountNumber
        ? [bankDetails.clearingNumber, bankDetails.accountNumber].filter(Boolean).join('-')
        : undefined,
      bankDetails.bankName,
    ].filter((line): line is string => line !== undefined)
    if (isOwed && bank.length > 0)
      this.#text('P', `${texts.payTo}: ${bank.join(', ')}`, margin + 18, top + 78, {
        size: 9,
        color: quiet,
        width: 240,
      })
    const rows: [string, string, boolean][] = [
      [texts.charges, summary.charges, false],
      ...(isZero(summary.credits) ? [] : [[texts.credits, summary.credits, false] as [string, string, boolean]]),
      ...(isZero(summary.creditsApplied)
        ? []
        : [[texts.creditsApplied, summary.creditsApplied, false] as [string, string, boolean]]),
      [texts.subtotal, summary.subtotal, false],
      ...taxGroups.map((group): [string, string, boolean] => [
        group.isReverseCharge
          ? texts.reverseCharge
          : texts.taxRate(formatDecimal(group.rate, texts.locale), money(group.taxable)),
        group.tax,
        false,
      ]),
      [texts.total, summary.total, true],
    ]
    let y = top + 16
    for (const [label, amount, isTotal] of rows) {
      const style = { size: isTotal ? 10 : 9, font: isTotal ? ('bold' as const) : ('regular' as const) }
      this.#text('P', label, 310, y, { ...style, color: isTotal ? ink : quiet, width: 140 })
      this.#text('P', money(amount), 440, y, { ...style, width: right - 440 - 16, align: 'right' })
      y += isTotal ? 16 : 15
    }
    this.#pdf.y = top + 150
  }

  details(): void {
    const { sections, currency } = this.#invoice
    const texts = this.#texts
    if (sections.length === 0) {
      this.#text('P', texts.nothingUsed, margin, this.#pdf.y, { size: 10, color: quiet, width: right - margin })
      this.#pdf.y += 24
      return
    }
    for (const section of sections) {
      this.#room(96)
      const label = section.kind === 'customer' ? texts.customer : texts.section
      this.#text('P', label.toUpperCase(), margin, this.#pdf.y, { size: 7.5, color: quiet, width: 300 })
      const y = this.#pdf.y + 11
      this.#text('H2', section.displayName, margin, y, { size: 13, font: 'bold', width: 330 })
      this.#text('P', formatMoney(section.summary.subtotal, currency, texts.locale), 400, y, {
        size: 11,
        font: 'bold',
        width: right - 400,
        align: 'right',
      })
      this.#pdf.y = y + 24
      this.#columnHeads()
      for (const product of section.products)
        for (const family of product.serviceFamilies) {
          this.#room(60)
          const heading = productName(product.name, this.#language)
          const text = family.name === '' || family.name === heading ? heading : `${heading} \u00b7 ${family.name}`
          this.#text('H3', text, margin, this.#pdf.y, { size: 9.5, font: 'bold', color: accent, width: 400 })
          this.#pdf.y += 16
          for (const line of family.lines) this.#line(line)
        }
      this.#pdf.y += 14
    }
  }

  notes(): void {
    const texts = this.#texts
    const free = this.#invoice.includedQuantities.flatMap((use) => [
      `${texts.freeQuantity}, ${use.meterId}: ${texts.consumed(formatDecimal(use.consumed, texts.locale), formatDecimal(use.granted, texts.locale))}` +
        (use.consumedBy.length > 1
          ? ` (${use.consumedBy.map((by) => `${by.tenant} ${formatDecimal(by.quantity, texts.locale)}`).join(', ')})`
          : ''),
    ])
    const prices = this.#invoice.priceLists.map(
      (list) => `${texts.priceList} ${list.name}, version ${list.version} (${formatDate(list.effectiveFrom)})`,
    )
    for (const text of [
      ...this.#invoice.notes.map((note) => noteText(note, this.#language)),
      ...free,
      ...prices,
      texts.utc,
    ]) {
      this.#room(30)
      this.#pdf.y += this.#text('P', text, margin, this.#pdf.y, { size: 8.5, color: quiet, width: right - margin }) + 5
    }
  }

  footers(title: string): void {
    const { seller } = this.#invoice
    const range = this.#pdf.bufferedPageRange()
    for (let page = range.start; page < range.start + range.count; page++) {
      this.#pdf.switchToPage(page)
      this.#artifact(() => {
        this.#pdf.moveTo(margin, footerTop).lineTo(right, footerTop).lineWidth(0.5).stroke(hairline)
        this.#pdf.font('regular').fontSize(8).fillColor(quiet)
        this.#pdf.text(`${seller.legalName}   ${title}`, margin, footerTop + 10, { width: 380, lineBreak: false })
        this.#pdf.text(this.#texts.page(page + 1, range.count), right - 100, footerTop + 10, {
          width: 100,
          align: 'right',
          lineBreak: false,
        })
      })
    }
  }

  #line(line: InvoiceLine): void {
    const texts = this.#texts
    const { currency } = this.#invoice
    const remarks = lineRemarks(line, this.#language)
    const tiers = line.parts.filter((part) => part.kind !== 'included')
    if (line.unitPrice === null && tiers.length > 1)
      for (const part of tiers)
        remarks.push(
          `${formatDecimal(part.quantity, texts.locale)} \u00d7 ${formatDecimal(part.unitPrice, texts.locale)} = ${formatDecimal(part.amount, texts.locale)}`,
        )
    const width = column.quantity - 70 - margin
    this.#pdf.font('regular').fontSize(9.5)
    const height = this.#pdf.heightOfString(lineText(line, this.#language), { width }) + remarks.length * 11 + 9
    this.#room(height)
    const y = this.#pdf.y
    this.#text('P', lineText(line, this.#language), margin, y, { size: 9.5, width })
    const quantity = formatDecimal(line.quantity, texts.locale)
    this.#text('P', quantity, column.quantity - 70, y, { size: 9.5, width: 70, align: 'right' })
    const price = line.unitPrice === null ? texts.tiered : formatDecimal(line.unitPrice, texts.locale)
    this.#text('P', price, column.unitPrice - 65, y, { size: 9.5, width: 65, align: 'right' })
    const amount = isZero(line.credit) ? line.charge : line.credit
    this.#text('P', formatMoney(amount, currency, texts.locale), column.unitPrice + 5, y, {
      size: 9.5,
      width: column.charge - column.unitPrice - 5,
      align: 'right',
    })
    let remarkY = y + height - 9 - remarks.length * 11
    for (const remark of remarks) {
      this.#text('P', remark, margin, remarkY, { size: 8, color: quiet, width: 400 })
      remarkY += 11
    }
    this.#pdf.y = y + height
    this.#artifact(() =>
      this.#pdf
        .moveTo(margin, y + height - 4)
        .lineTo(right, y + height - 4)
        .lineWidth(0.4)
        .stroke(hairline),
    )
  }

  #columnHeads(): void {
    const texts = this.#texts
    const y = this.#pdf.y
    const style = { size: 8, color: quiet }
    this.#text('P', texts.description, margin, y, { ...style, width: 200 })
    this.#text('P', texts.quantity, column.quantity - 70, y, { ...style, width: 70, align: 'right' })
    this.#text('P', texts.unitPrice, column.unitPrice - 65, y, { ...style, width: 65, align: 'right' })
    this.#text('P', texts.charge, column.unitPrice + 5, y, {
      ...style,
      width: column.charge - column.unitPrice - 5,
      align: 'right',
    })
    this.#artifact(() =>
      this.#pdf
        .moveTo(margin, y + 13)
        .lineTo(right, y + 13)
        .lineWidth(0.8)
        .stroke(quiet),
    )
    this.#pdf.y = y + 19
  }

  #block(heading: string, lines: readonly string[], x: number, top: number): number {
    this.#text('P', heading.toUpperCase(), x, top, { size: 7.5, color: quiet, width: 145 })
    let y = top + 12
    for (const [index, line] of lines.entries())
      y += this.#text('P', line, x, y, { size: 9.5, font: index === 0 ? 'bold' : 'regular', width: 145 }) + 1
    return y
  }

  /** Starts a new page when what comes next would run into the footer. */
  #room(height: number): void {
    if (this.#pdf.y + height <= footerTop - 12) return
    this.#pdf.addPage()
    this.#pdf.y = margin
  }

  /** Puts a text at a place, as an element of the document's structure; answers its height. */
  #text(
    tag: string,
    text: string,
    x: number,
    y: number,
    style: { size: number; font?: 'regular' | 'bold'; color?: string; width: number; align?: 'left' | 'right' },
  ): number {
    const before = this.#pdf.y
    const element = this.#pdf.struct(tag)
    this.#root.add(element)
    this.#pdf.font(style.font ?? 'regular').fontSize(style.size)
    const height = this.#pdf.heightOfString(text, { width: style.width })
    element.add(
      this.#pdf.struct('Span', {}, () => {
        this.#pdf
          .font(style.font ?? 'regular')
          .fontSize(style.size)
          .fillColor(style.color ?? ink)
          .text(text, x, y, { width: style.width, align: style.align ?? 'left' })
      }),
    )
    element.end()
    this.#pdf.y = before
    return height
  }

  /** Lines and boxes are not content for a reader who listens. */
  #artifact(draw: () => void): void {
    this.#pdf.markContent('Artifact', { type: 'Layout' })
    draw()
    this.#pdf.endMarkedContent()
  }
}

const isZero = (amount: string): boolean => /^-?0*(\.0*)?$/.test(amount)
