import {
  allowsInConsole,
  type ConsoleRight,
  type ConsoleRole,
  consoleRolesOf,
  describeConsoleRight,
  holdersOfConsoleRight,
} from '../domain/access/partner-console.ts'
import { forbidden, type Refusal } from '../domain/refusal.ts'
import { loadConsoleFacts } from '../store/access-facts.ts'
import { findPartnerOfTenant, type Partner } from '../store/partner.ts'
import type { OperationContext } from './context.ts'

type ConsoleContext = Pick<OperationContext, 'db' | 'caller'>

/** The caller's partner and console roles; nothing when the caller's tenant is no partner. */
export async function findConsole(
  context: ConsoleContext,
): Promise<{ readonly partner: Partner; readonly roles: readonly ConsoleRole[] } | undefined> {
  const partner = await findPartnerOfTenant(context.db, context.caller.tenantId)
  return partner && { partner, roles: await consoleRolesIn(context, partner) }
}

/** Only principals of the partner's own tenant hold its console roles (ACC-13). */
export async function consoleRolesIn(context: ConsoleContext, partner: Partner): Promise<readonly ConsoleRole[]> {
  if (partner.tenantId !== context.caller.tenantId) return []
  return consoleRolesOf(partner.groups, await loadConsoleFacts(context.db, context.caller))
}

/** Refuses unless a console role of the caller gives the right (PAR-17); answers the partner that the caller acts for. */
export async function authorizeConsole(context: ConsoleContext, right: ConsoleRight): Promise<Partner> {
  const found = await findConsole(context)
  if (found && allowsInConsole(right, found.roles)) return found.partner
  throw consoleRefused(context, right, found === undefined)
}

function consoleRefused({ caller }: ConsoleContext, right: ConsoleRight, isNoPartner: boolean): Refusal {
  const detail = isNoPartner
    ? { code: 'NotAPartner', message: 'The tenant of the token is not the tenant of a partner. Sign in there.' }
    : {
        code: 'ConsoleRoleRequired',
        message: `The right comes with the console role ${holdersOfConsoleRight(right)}. Ask a Global administrator of the partner.`,
      }
  return forbidden(
    'AccessDenied',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have the right '${describeConsoleRight(right)}' (${right}) in the partner's console.`,
    { details: [detail] },
  )
}
