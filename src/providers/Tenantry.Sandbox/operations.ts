import { z } from 'zod'
import { guid, parseBody } from '../../http/body.ts'
import { type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { issueSandboxToken } from '../../operations/issue-sandbox-token.ts'
import { getSandboxClock, type RunDueWork, setSandboxClock } from '../../operations/set-sandbox-clock.ts'

const apiVersions = ['2026-11-01']
const clockBody = z.object({ properties: z.object({ now: z.iso.datetime({ offset: true }) }) })
const tokenBody = z.object({ tenantId: guid, userId: guid, audience: z.string().optional() })

const toWireClock = (now: Date) => ({
  id: '/providers/Tenantry.Sandbox/clock',
  name: 'clock',
  type: 'Tenantry.Sandbox/clock',
  properties: { now: now.toISOString() },
})

export const operations = (runDueWork: RunDueWork): readonly Operation<OperationContext>[] => [
  {
    id: 'SandboxClock_Set',
    method: 'PUT',
    path: '/providers/Tenantry.Sandbox/clock',
    apiVersions,
    statuses: [200],
    authentication: 'bearer',
    permission: 'platform operator, sandbox only',
    summary: 'Sets the business clock; answers when all work that fell due has run.',
    body: clockBody,
    async handle(context, request) {
      const { properties } = parseBody(request, clockBody)
      return ok(toWireClock(await setSandboxClock(context, new Date(properties.now), runDueWork)))
    },
  },
  {
    id: 'SandboxClock_Get',
    method: 'GET',
    path: '/providers/Tenantry.Sandbox/clock',
    apiVersions,
    statuses: [200],
    authentication: 'bearer',
    permission: 'platform operator, sandbox only',
    summary: 'Where the business clock stands.',
    async handle(context) {
      return ok(toWireClock(await getSandboxClock(context)))
    },
  },
  {
    id: 'SandboxTokens_Issue',
    method: 'POST',
    path: '/providers/Tenantry.Sandbox/tokens',
    apiVersions,
    statuses: [200],
    authentication: 'bearer',
    permission: 'platform operator, sandbox only',
    summary: "A user's access token without a browser.",
    body: tokenBody,
    async handle(context, request) {
      const body = parseBody(request, tokenBody)
      const token = await issueSandboxToken(context, body)
      const answer = ok({ accessToken: token.accessToken, tokenType: 'Bearer', expiresIn: token.expiresInSeconds })
      return { ...answer, isShownOnce: true }
    },
  },
]
