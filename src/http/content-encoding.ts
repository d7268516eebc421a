import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { invalid, Refusal } from '../domain/refusal.ts'

const inflate = promisify(gunzip)

/** A body as it was before gzip; inflating stops at the limit, so a small request cannot become a large one. */
export async function decodeBody(body: Buffer, encoding: string | undefined, bytesMax: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return body
  if (name !== 'gzip' && name !== 'x-gzip') {
    throw new Refusal(
      'unsupported_media_type',
      'UnsupportedContentEncoding',
      `The content encoding ${JSON.stringify(name)} is not supported. Send gzip or none.`,
    )
  }
  try {
    return await inflate(body, { maxOutputLength: bytesMax })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal(
        'too_large',
        'RequestEntityTooLarge',
        `The body inflates to more than ${bytesMax} bytes. Send it in parts.`,
      )
    }
    throw invalid('InvalidContentEncoding', 'The body is not gzip, though its content encoding says so.')
  }
}
