import { parseBody } from '../../http/body.ts'
import { created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getSignUp, signUp } from '../../operations/sign-up.ts'
import { fromWireSignUp, signUpBody, toWireSignUp } from './sign-up.wire.ts'

const common = {
  path: '/providers/Tenantry.Billing/signUps/{name}',
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const

export const signUpOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'SignUps_Create',
    method: 'PUT',
    statuses: [200, 201],
    summary: 'Opens a billing account with a profile, a section, the standard plan and one owner.',
    body: signUpBody,
    async handle(context, request) {
      const wanted = fromWireSignUp(parseBody(request, signUpBody))
      const made = await signUp(context, pathParameter(request, 'name'), wanted)
      return (made.isNew ? created : ok)(toWireSignUp(made.signUp))
    },
  },
  {
    ...common,
    id: 'SignUps_Get',
    method: 'GET',
    statuses: [200],
    summary: 'The account, profile and section that a sign-up opened.',
    async handle(context, request) {
      return ok(toWireSignUp(await getSignUp(context, pathParameter(request, 'name'))))
    },
  },
]
