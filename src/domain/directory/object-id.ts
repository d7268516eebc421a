import { notFound, type Refusal } from '../refusal.ts'

const guidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isGuid = (text: string): boolean => guidText.test(text)

/** Said of what does not exist and of what is another tenant's alike, so that nothing can be found out (TEN-2). */
export const objectNotFound = (id: string): Refusal =>
  notFound(
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

/** The id as it is kept; whatever is not a GUID names nothing. */
export function parseObjectId(text: string): string {
  if (!isGuid(text)) throw objectNotFound(text)
  return text.toLowerCase()
}
