import type { Random } from '../domain/ports.ts'
import { findApplicationByAppId, insertApplication, insertPassword } from '../store/application.ts'
import type { Db } from '../store/db.ts'
import { insertDirectoryRoleMember } from '../store/directory-role.ts'
import { establishSetting } from '../store/platform-setting.ts'
import { insertServicePrincipal } from '../store/service-principal.ts'
import { insertDomain, insertTenant } from '../store/tenant.ts'
import { hashSecret } from './secret-hash.ts'

export interface OperatorIdentity {
  readonly tenantId: string
  readonly clientId: string
}

export interface OperatorCredentials extends OperatorIdentity {
  readonly clientSecret: string
}

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const secretLifetimeMs = 20 * 365 * 24 * 3_600_000

/**
 * The platform operator is an application of a tenant of its own, made at the first start. A start that has the
 * database but not the credentials file gets a further secret: whoever holds the database holds the platform.
 */
export async function ensureOperator(
  db: Db,
  random: Random,
  settings: { domainSuffix: string },
  at: Date,
  kept: OperatorCredentials | undefined,
): Promise<OperatorCredentials> {
  return db.transaction().execute(async (transaction) => {
    const proposed = { tenantId: random.uuid(), clientId: random.uuid() }
    const operator = await establishSetting<OperatorIdentity>(transaction, 'operator', proposed)
    if (operator.tenantId === proposed.tenantId) await insertOperator(transaction, random, settings, at, operator)
    else if (kept?.clientId === operator.clientId) return kept
    const application = await findApplicationByAppId(transaction, operator.clientId)
    if (!application) throw new Error('the operator application is missing from the database')
    const clientSecret = random.secret()
    await insertPassword(transaction, {
      keyId: random.uuid(),
      applicationId: application.id,
      displayName: 'operator.json',
      hint: clientSecret.slice(0, 3),
      secretHash: hashSecret(clientSecret),
      startAt: new Date(0),
      endAt: new Date(at.getTime() + secretLifetimeMs),
    })
    return { ...operator, clientSecret }
  })
}

async function insertOperator(
  db: Db,
  random: Random,
  settings: { domainSuffix: string },
  at: Date,
  operator: OperatorIdentity,
): Promise<void> {
  await insertTenant(db, {
    id: operator.tenantId,
    kind: 'workforce',
    displayName: 'Platform operator',
    countryCode: 'SE',
    dataResidency: 'Europe',
    externalIdentityPricing: false,
    createdAt: at,
  })
  await insertDomain(db, {
    name: `operator-${operator.tenantId.slice(0, 8)}.${settings.domainSuffix}`,
    tenantId: operator.tenantId,
    isInitial: true,
    isDefault: true,
    verifiedAt: at,
  })
  await insertApplication(db, {
    id: random.uuid(),
    appId: operator.clientId,
    tenantId: operator.tenantId,
    displayName: 'Platform operator',
    createdAt: at,
  })
  const principalId = random.uuid()
  await insertServicePrincipal(db, {
    id: principalId,
    tenantId: operator.tenantId,
    appId: operator.clientId,
    displayName: 'Platform operator',
    createdAt: at,
  })
  await insertDirectoryRoleMember(db, {
    tenantId: operator.tenantId,
    roleTemplateId: globalAdministrator,
    principalId,
    assignedAt: at,
  })
}
