import type { InvoiceLanguage } from '../billing/invoice-document.ts'
import type { TransferStatus } from '../billing/transfer.ts'

export interface TransferMailFacts {
  readonly accountName: string
  readonly initiatorEmail: string
  readonly recipientEmail: string
  readonly expiresAt: Date
  /** Where the person who was asked reads the request, after signing in; it gives nobody else anything. */
  readonly link: string
}

export interface MailText {
  readonly subject: string
  readonly text: string
}

/** What the person who was asked reads (OWN-1, OWN-7): what is asked, that only paying changes, and until when. */
export function transferRequestMail(facts: TransferMailFacts, language: InvoiceLanguage): MailText {
  const { accountName, initiatorEmail, link } = facts
  const until = facts.expiresAt.toISOString()
  return language === 'sv'
    ? {
        subject: `${accountName} vill ta över betalningen av dina prenumerationer`,
        text: [
          `${initiatorEmail} har skickat en begäran om faktureringsägarskap från ${accountName}.`,
          'Du väljer själv vilka prenumerationer du lämnar över. Bara vem som betalar ändras: klientorganisation, resurser, roller och principer förblir som de är.',
          `Granska begäran senast ${until}: ${link}`,
          'Om du inte väntar dig den här begäran, avböj den eller låt den gå ut.',
        ].join('\n\n'),
      }
    : {
        subject: `${accountName} asks to pay for your subscriptions`,
        text: [
          `${initiatorEmail} has sent a request for billing ownership from ${accountName}.`,
          'You choose which subscriptions to hand over. Only who pays changes: tenant, resources, roles and policies stay as they are.',
          `Review the request before ${until}: ${link}`,
          'If you do not expect this request, decline it or let it expire.',
        ].join('\n\n'),
      }
}

type Answer = Extract<TransferStatus, 'Completed' | 'CompletedWithErrors' | 'Declined'>

/** What the person who asked reads: how it ended, and from when on the account is responsible (OWN-11). */
export function transferAnswerMail(
  facts: TransferMailFacts & {
    readonly answer: Answer
    readonly responsibleFrom: Date | null
    readonly handedOver: readonly string[]
    readonly leftBehind: readonly string[]
  },
  language: InvoiceLanguage,
): MailText {
  const { accountName, recipientEmail, answer, responsibleFrom, handedOver, leftBehind } = facts
  const isSwedish = language === 'sv'
  if (answer === 'Declined')
    return isSwedish
      ? {
          subject: `${recipientEmail} har avböjt begäran från ${accountName}`,
          text: `${recipientEmail} har avböjt begäran om faktureringsägarskap. Inget har ändrats.`,
        }
      : {
          subject: `${recipientEmail} has declined the request from ${accountName}`,
          text: `${recipientEmail} has declined the request for billing ownership. Nothing has changed.`,
        }
  const list = (names: readonly string[]): string => names.map((name) => `- ${name}`).join('\n')
  const since = responsibleFrom?.toISOString() ?? ''
  const lines = isSwedish
    ? [
        ...(handedOver.length > 0 ? [`${accountName} betalar från ${since} för:\n${list(handedOver)}`] : []),
        ...(leftBehind.length > 0 ? [`Detta kunde inte lämnas över:\n${list(leftBehind)}`] : []),
      ]
    : [
        ...(handedOver.length > 0 ? [`From ${since} on ${accountName} pays for:\n${list(handedOver)}`] : []),
        ...(leftBehind.length > 0 ? [`This could not be handed over:\n${list(leftBehind)}`] : []),
      ]
  return {
    subject: isSwedish
      ? `${recipientEmail} har godkänt begäran från ${accountName}`
      : `${recipientEmail} has accepted the request from ${accountName}`,
    text: lines.join('\n\n'),
  }
}
