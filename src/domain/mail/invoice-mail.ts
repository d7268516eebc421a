import type { InvoiceLanguage } from '../billing/invoice-document.ts'
import type { MailText } from './transfer-mail.ts'

export interface PayerMailFacts {
  readonly profileName: string
  /** Amounts with their currency. */
  readonly invoices: readonly { readonly number: string; readonly amountDue: string; readonly dueDate: Date }[]
}

const day = (date: Date): string => date.toISOString().slice(0, 10)

const listOf = ({ invoices }: PayerMailFacts, language: InvoiceLanguage): string =>
  invoices
    .map(({ number, amountDue, dueDate }) =>
      language === 'sv'
        ? `${number}: ${amountDue}, förföll ${day(dueDate)}`
        : `${number}: ${amountDue}, was due on ${day(dueDate)}`,
    )
    .join('\n')

/** What is overdue, and what follows when it stays so (BIL-23). */
export function overdueMail(facts: PayerMailFacts, disabledOn: Date, language: InvoiceLanguage): MailText {
  const invoices = listOf(facts, language)
  return language === 'sv'
    ? {
        subject: `Förfallen faktura för ${facts.profileName}`,
        text: [
          `En faktura för faktureringsprofilen ${facts.profileName} är inte betald:`,
          invoices,
          `Dess prenumerationer står som förfallna och fungerar som förut. Om fakturan inte är betald den ${day(disabledOn)} stängs de av.`,
        ].join('\n\n'),
      }
    : {
        subject: `Overdue invoice of ${facts.profileName}`,
        text: [
          `An invoice of the billing profile ${facts.profileName} is not paid:`,
          invoices,
          `Its subscriptions are past due and work as before. If the invoice is not paid on ${day(disabledOn)}, they are disabled.`,
        ].join('\n\n'),
      }
}

export function disabledMail(facts: PayerMailFacts, language: InvoiceLanguage): MailText {
  const invoices = listOf(facts, language)
  return language === 'sv'
    ? {
        subject: `Prenumerationer för ${facts.profileName} är avstängda`,
        text: [
          `Prenumerationerna som betalas av faktureringsprofilen ${facts.profileName} är avstängda, eftersom det här inte är betalt:`,
          invoices,
          'De kan läsas men inte ändras. När allt är betalt är de genast som förut.',
        ].join('\n\n'),
      }
    : {
        subject: `Subscriptions of ${facts.profileName} are disabled`,
        text: [
          `The subscriptions that the billing profile ${facts.profileName} pays for are disabled, because this is not paid:`,
          invoices,
          'They can be read and not changed. When everything is paid they are at once what they were.',
        ].join('\n\n'),
      }
}

export function settledMail({ profileName }: PayerMailFacts, language: InvoiceLanguage): MailText {
  return language === 'sv'
    ? {
        subject: `Allt är betalt för ${profileName}`,
        text: `Det finns ingen förfallen faktura längre för faktureringsprofilen ${profileName}. Dess prenumerationer är som förut.`,
      }
    : {
        subject: `Everything is paid for ${profileName}`,
        text: `No invoice of the billing profile ${profileName} is overdue any more. Its subscriptions are what they were.`,
      }
}

export function newInvoiceMail(
  invoice: { readonly number: string; readonly total: string; readonly dueDate: Date; readonly profileName: string },
  language: InvoiceLanguage,
): MailText {
  const { number, total, dueDate, profileName } = invoice
  return language === 'sv'
    ? {
        subject: `Faktura ${number} för ${profileName}`,
        text: `Fakturan ${number} för faktureringsprofilen ${profileName} på ${total} förfaller ${day(dueDate)}. Den finns bifogad.`,
      }
    : {
        subject: `Invoice ${number} of ${profileName}`,
        text: `The invoice ${number} of the billing profile ${profileName} over ${total} is due on ${day(dueDate)}. It is attached.`,
      }
}
