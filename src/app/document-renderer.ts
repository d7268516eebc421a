import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { renderInvoiceCsv } from '../documents/invoice-csv.ts'
import { renderInvoicePdf } from '../documents/invoice-pdf.ts'
import type { OperationEnvironment } from '../operations/context.ts'

/** The fonts are read once; the renderer itself touches no file. */
export async function openDocumentRenderer(): Promise<OperationEnvironment['renderDocument']> {
  const { resolve: locate } = createRequire(import.meta.url)
  const font = (file: string): Promise<Uint8Array> => readFile(locate(`@expo-google-fonts/inter/${file}`))
  const fonts = {
    regular: await font('400Regular/Inter_400Regular.ttf'),
    bold: await font('600SemiBold/Inter_600SemiBold.ttf'),
  }
  return async (document, kind, language) =>
    kind === 'pdf' ? renderInvoicePdf(document, language, fonts) : renderInvoiceCsv(document, language)
}
