import { createHash } from 'node:crypto'
import type { Caller } from '../domain/access/caller.ts'
import type { TokenClaims } from '../http/authentication.ts'
import type { ApiRequest } from '../http/operation.ts'
import type { OperatorCredentials } from '../operations/ensure-operator.ts'
import type { RepeatKey } from '../operations/run-request.ts'
import { findCallerFacts } from '../store/caller.ts'
import type { Db } from '../store/db.ts'
import { findServicePrincipal } from '../store/service-principal.ts'

export async function operatorClaims(
  db: Db,
  operator: OperatorCredentials,
): Promise<Omit<TokenClaims, 'isApplication'>> {
  const principal = await findServicePrincipal(db, operator.tenantId, operator.clientId)
  return { tenantId: operator.tenantId, objectId: principal?.id ?? '', appId: operator.clientId }
}

export async function callerOf(
  db: Db,
  claims: Omit<TokenClaims, 'isApplication'>,
  operator: { tenantId: string; clientId: string },
): Promise<Caller | undefined> {
  const facts = await findCallerFacts(db, claims.tenantId, claims.objectId)
  if (!facts?.isUsable) return undefined
  return {
    tenantId: claims.tenantId,
    objectId: claims.objectId,
    kind: facts.kind,
    appId: facts.appId ?? claims.appId,
    name: facts.name,
    isOperator: claims.tenantId === operator.tenantId && facts.appId === operator.clientId,
  }
}

export function repeatKeyOf(request: ApiRequest): RepeatKey | undefined {
  if (request.method !== 'POST') return undefined
  const header = (name: string): string | undefined => {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  const named = header('idempotency-key') ?? header('ms-requestid')
  const key = named ?? header('x-ms-client-request-id')
  if (key === undefined || key.length > 200) return undefined
  return {
    key,
    kind: named === undefined ? 'retry' : 'named',
    route: `${request.method} ${request.path.toLowerCase()}`,
    bodyHash: createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('base64url'),
  }
}
