import { z } from 'zod'
import { invalid, Refusal } from '../domain/refusal.ts'
import type { ApiRequest } from './operation.ts'

/** Parses a body once, at the edge; every wrong field is named in `details`. Unknown members are ignored, as Azure does. */
export function parseBody<S extends z.ZodType>(request: ApiRequest, schema: S): z.output<S> {
  if (request.body === undefined || request.body === null)
    throw invalid('InvalidRequestContent', 'The request content is missing. Send a JSON object in the body.')
  const result = schema.safeParse(request.body)
  if (result.success) return result.data
  const details = result.error.issues.map((issue) => ({
    code: 'InvalidProperty',
    target: issue.path.map(String).join('.'),
    message: `'${issue.path.map(String).join('.') || '(body)'}': ${issue.message}`,
  }))
  throw new Refusal(
    'invalid',
    'InvalidRequestContent',
    `The request content was invalid and could not be used: ${details.map((detail) => detail.message).join('; ')}.`,
    { details, ...(details[0]?.target ? { target: details[0].target } : {}) },
  )
}

/** Azure ids are accepted by their shape only; RFC version bits are not asked for. */
export const guid = z.guid().transform((value) => value.toLowerCase())
