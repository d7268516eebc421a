import { type ApiResponse, ok } from '../../http/operation.ts'
import type { UnlinkNotice } from '../../operations/delete-identity-link.ts'

/** The published clients drop the body of a DELETE, so what a person has to know is in the headers, too. */
export const unlinked = (notices: readonly UnlinkNotice[]): ApiResponse =>
  ok(
    { warnings: notices },
    { warning: notices.map(({ code, message }) => `299 - "${code}: ${message.replaceAll('"', "'")}"`).join(', ') },
  )
