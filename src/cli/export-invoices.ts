import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFileAtomically } from '../adapters/atomic-file.ts'
import type { Timers } from '../domain/ports.ts'
import { readPages } from './list-pages.ts'
import { sendPatiently } from './patient-request.ts'
import { ServerRefusal } from './server-refusal.ts'
import type { Session } from './session.ts'

export const documentKinds = ['pdf', 'csv', 'json'] as const
export type DocumentKind = (typeof documentKinds)[number]

export interface WrittenFile {
  readonly file: string
  readonly documentType: string
  readonly period: string
  readonly sha256: string
}

interface ListedDocument {
  readonly name: string
  readonly properties: { readonly documentType: string; readonly period: string }
}

/** Writes every document of the month in each kind. The same month gives the same bytes, so it may be repeated. */
export async function exportInvoices(
  session: Session,
  timers: Timers,
  options: { period: string; out: string; kind: readonly DocumentKind[]; language?: string },
  onWritten: (count: number) => void,
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = []
  const path = `/providers/Tenantry.Billing/invoiceRuns/${encodeURIComponent(options.period)}/documents`
  const pages = readPages<ListedDocument>(session, timers, `${path}?api-version=2026-11-01&$top=1000`)
  for await (const { name, properties } of pages) {
    for (const kind of options.kind) {
      const { bytes, sha256 } = await download(session, timers, name, kind, options.language)
      const file = join(options.out, `${name}.${kind}`)
      await writeFileAtomically(file, bytes, 0o600)
      written.push({ file, documentType: properties.documentType, period: properties.period, sha256 })
      onWritten(written.length)
    }
  }
  return written
}

async function download(
  session: Session,
  timers: Timers,
  name: string,
  kind: DocumentKind,
  language: string | undefined,
): Promise<{ bytes: Uint8Array; sha256: string }> {
  const query = `api-version=2026-11-01${language === undefined ? '' : `&language=${language}`}`
  const path = `/providers/Tenantry.Billing/invoices/${encodeURIComponent(name)}/documents/${kind}?${query}`
  const reply = await sendPatiently(timers, () => session.send('operator', 'GET', path))
  if (reply.status !== 200) throw new ServerRefusal(`${name}.${kind} was not given`, reply)
  const sha256 = createHash('sha256').update(reply.bytes).digest('hex')
  if (reply.headers['x-tenantry-sha256'] !== sha256)
    throw new Error(`${name}.${kind} is not what was issued: its SHA-256 is ${sha256}. Nothing was written for it.`)
  return { bytes: reply.bytes, sha256 }
}
