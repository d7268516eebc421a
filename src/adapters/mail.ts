import { createTransport, type SentMessageInfo } from 'nodemailer'
import { isMailAddress, oneLine } from '../domain/mail/address.ts'
import type { Mailer, MailDelivery, OutgoingMail } from '../domain/ports.ts'

export interface MailServer {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string
  /** `Name <address>` or an address. */
  readonly from: string
  /** How long the server may stay silent. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 30_000

/** Mail through an SMTP server. Attachments from files or URLs cannot be asked for, nor headers written (S34). */
export function createMailer(server: MailServer): Mailer {
  const timeoutMs = server.timeoutMs ?? defaultTimeoutMs
  const url = new URL(server.url)
  const secure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const transport = createTransport({
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // A password leaves in clear at most to this machine.
    requireTLS: user !== '' && !secure && !isLoopback(host),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const from = parseSender(server.from)
  return {
    async send(mail: OutgoingMail): Promise<MailDelivery> {
      try {
        const sent: SentMessageInfo = await transport.sendMail({
          messageId: mail.messageId,
          from,
          to: mail.to.map(toAddress),
          cc: mail.cc.map(toAddress),
          subject: oneLine(mail.subject),
          text: mail.text,
          ...(mail.html === null ? {} : { html: mail.html }),
          attachments: (mail.attachments ?? []).map(({ fileName, contentType, content }) => ({
            filename: oneLine(fileName),
            contentType,
            content: Buffer.from(content),
          })),
          // Replies of machines, such as notes of absence, are not wanted (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        })
        const rejected = (sent.rejected ?? []).map(String)
        return { kind: 'sent', note: rejected.length === 0 ? null : `Not taken for ${rejected.join(', ')}.` }
      } catch (error) {
        return deliveryOf(error as Error & { responseCode?: number; response?: string })
      }
    },
  }
}

/** 5xx is the server's last word; anything else, silence too, may pass (RFC 5321 4.2.1). */
function deliveryOf(error: Error & { responseCode?: number; response?: string }): MailDelivery {
  const reason = oneLine(error.response ?? error.message).slice(0, 500)
  const isFinal = error.responseCode !== undefined && error.responseCode >= 500
  return { kind: isFinal ? 'refused' : 'postponed', reason }
}

function toAddress(address: string): { name: string; address: string } {
  if (!isMailAddress(address)) throw new Error('not an address')
  return { name: '', address }
}

function parseSender(text: string): { name: string; address: string } {
  const [, name = '', address = text.trim()] = /^(.*?)<([^<>]+)>$/.exec(text.trim()) ?? []
  if (!isMailAddress(address)) throw new Error(`'${text}' is not an e-mail address`)
  return { name: oneLine(name.replaceAll('"', '')), address }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
