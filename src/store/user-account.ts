import type { SignInIdentity, UserAccount } from '../domain/directory/user-account.ts'
import { sql } from 'kysely'
import { type Db, json } from './db.ts'
import { insertPrincipal, renamePrincipal } from './principal.ts'

export type NewUserAccount = Omit<UserAccount, 'revision'> & { readonly password: UserPassword | undefined }

/** A user of the tenant that exists now, by object id. */
export async function findUser(db: Db, tenantId: string, id: string): Promise<UserAccount | undefined> {
  const row = await current(db, tenantId).where('u.id', '=', id).executeTakeFirst()
  return row && toUser(row)
}

/** The same for update: who changes an account, accepts for it or deletes it sees what the one before left. */
export async function lockUser(db: Db, tenantId: string, id: string): Promise<UserAccount | undefined> {
  const row = await current(db, tenantId).where('u.id', '=', id).forNoKeyUpdate('u').executeTakeFirst()
  return row && toUser(row)
}

/** A user who was deleted and can be restored. */
export async function findDeletedUser(db: Db, tenantId: string, id: string): Promise<UserAccount | undefined> {
  const row = await users(db, tenantId)
    .where('u.id', '=', id)
    .where('p.deleted_at', 'is not', null)
    .where('p.purged_at', 'is', null)
    .executeTakeFirst()
  return row && toUser(row)
}

/** Whether somebody of another tenant has an account here now. */
export async function hasAccountOfHome(
  db: Db,
  tenantId: string,
  home: { readonly tenantId: string; readonly objectId: string },
): Promise<boolean> {
  const row = await current(db, tenantId)
    .where('u.home_tenant_id', '=', home.tenantId)
    .where('u.home_object_id', '=', home.objectId)
    .executeTakeFirst()
  return row !== undefined
}

/** Without case, as sign-in names are. */
export async function findUserByPrincipalName(
  db: Db,
  tenantId: string,
  name: string,
): Promise<UserAccount | undefined> {
  const row = await current(db, tenantId)
    .where(sql<string>`lower(u.user_principal_name)`, '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toUser(row)
}

/** Who signs in by this subject of this issuer, case left out; whether it is theirs to the letter is decided elsewhere. */
export async function findUserByOutsideIdentity(
  db: Db,
  tenantId: string,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<UserAccount | undefined> {
  const row = await current(db, tenantId)
    .innerJoin('user_identity as i', 'i.user_id', 'u.id')
    .where('i.tenant_id', '=', tenantId)
    .where('i.issuer', '=', issuer.toLowerCase())
    .where('i.issuer_assigned_id', '=', subject.toLowerCase())
    .executeTakeFirst()
  return row && toUser(row)
}

export interface UserPassword {
  readonly hash: string
  /** Set by an administrator: the person chooses their own at the next sign-in. */
  readonly mustChange: boolean
}

export interface UserFilter {
  readonly id?: string
  readonly userPrincipalName?: string
  readonly mail?: string
  readonly displayName?: string
  readonly displayNamePrefix?: string
  readonly userPrincipalNamePrefix?: string
  readonly mailPrefix?: string
  readonly userType?: string
  readonly accountEnabled?: boolean
}

export async function listUsers(
  db: Db,
  tenantId: string,
  filter: UserFilter,
  page: { after?: string | undefined; limit: number },
): Promise<UserAccount[]> {
  let query = current(db, tenantId)
  const lower = (column: 'u.user_principal_name' | 'u.mail' | 'p.display_name') =>
    sql<string>`lower(${sql.ref(column)})`
  if (filter.id !== undefined) query = query.where('u.id', '=', filter.id)
  if (filter.userPrincipalName !== undefined)
    query = query.where(lower('u.user_principal_name'), '=', filter.userPrincipalName.toLowerCase())
  if (filter.mail !== undefined) query = query.where(lower('u.mail'), '=', filter.mail.toLowerCase())
  if (filter.displayName !== undefined)
    query = query.where(lower('p.display_name'), '=', filter.displayName.toLowerCase())
  if (filter.displayNamePrefix !== undefined)
    query = query.where(startsWith(lower('p.display_name'), filter.displayNamePrefix))
  if (filter.userPrincipalNamePrefix !== undefined)
    query = query.where(startsWith(lower('u.user_principal_name'), filter.userPrincipalNamePrefix))
  if (filter.mailPrefix !== undefined) query = query.where(startsWith(lower('u.mail'), filter.mailPrefix))
  if (filter.userType !== undefined) query = query.where(sql<string>`u.user_type`, '=', filter.userType)
  if (filter.accountEnabled !== undefined) query = query.where('u.account_enabled', '=', filter.accountEnabled)
  if (page.after !== undefined) query = query.where('u.id', '>', page.after)
  const rows = await query.orderBy('u.id').limit(page.limit).execute()
  return rows.map(toUser)
}

const startsWith = (text: ReturnType<typeof sql<string>>, prefix: string) =>
  sql<boolean>`starts_with(${text}, ${prefix.toLowerCase()})`

export async function insertUser(db: Db, user: NewUserAccount): Promise<void> {
  await insertPrincipal(db, { ...user, kind: 'user' })
  await db
    .insertInto('user_account')
    .values({
      id: user.id,
      tenant_id: user.tenantId,
      user_principal_name: user.userPrincipalName,
      mail: user.mail,
      mail_nickname: user.mailNickname,
      given_name: user.givenName,
      surname: user.surname,
      user_type: user.userType,
      account_class: user.accountClass,
      account_enabled: user.accountEnabled,
      home_tenant_id: user.home?.tenantId ?? null,
      home_object_id: user.home?.objectId ?? null,
      external_user_state: user.externalUserState,
      external_user_state_changed_at: user.externalUserStateChangedAt,
      identities: json(user.identities),
      password_hash: user.password?.hash ?? null,
      must_change_password: user.password?.mustChange ?? false,
    })
    .execute()
  await replaceIdentities(db, user)
}

/** Writes what can change of a user; the password only when one is given. */
export async function replaceUser(db: Db, user: UserAccount, password?: UserPassword): Promise<void> {
  await renamePrincipal(db, user.id, user.displayName)
  await db
    .updateTable('user_account')
    .set({
      user_principal_name: user.userPrincipalName,
      mail: user.mail,
      mail_nickname: user.mailNickname,
      given_name: user.givenName,
      surname: user.surname,
      user_type: user.userType,
      account_enabled: user.accountEnabled,
      home_tenant_id: user.home?.tenantId ?? null,
      home_object_id: user.home?.objectId ?? null,
      external_user_state: user.externalUserState,
      external_user_state_changed_at: user.externalUserStateChangedAt,
      identities: json(user.identities),
      ...(password && { password_hash: password.hash, must_change_password: password.mustChange }),
    })
    .where('id', '=', user.id)
    .execute()
  await replaceIdentities(db, user)
}

/** Gives the names that a deleted user signed in with free; the account itself remembers them. */
export async function deleteIdentities(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('user_identity').where('user_id', '=', userId).execute()
}

async function replaceIdentities(db: Db, user: Pick<UserAccount, 'id' | 'tenantId' | 'identities'>): Promise<void> {
  await deleteIdentities(db, user.id)
  if (user.identities.length === 0) return
  await db
    .insertInto('user_identity')
    .values(
      user.identities.map(({ issuer, issuerAssignedId }) => ({
        tenant_id: user.tenantId,
        user_id: user.id,
        issuer: issuer.toLowerCase(),
        issuer_assigned_id: issuerAssignedId.toLowerCase(),
      })),
    )
    .execute()
}

const current = (db: Db, tenantId: string) => users(db, tenantId).where('p.deleted_at', 'is', null)

const users = (db: Db, tenantId: string) =>
  db
    .selectFrom('user_account as u')
    .innerJoin('principal as p', 'p.id', 'u.id')
    .select([
      'u.id',
      'u.tenant_id',
      'p.display_name',
      'p.created_at',
      'p.revision',
      'u.user_principal_name',
      'u.mail',
      'u.mail_nickname',
      'u.given_name',
      'u.surname',
      'u.user_type',
      'u.account_class',
      'u.account_enabled',
      'u.home_tenant_id',
      'u.home_object_id',
      'u.external_user_state',
      'u.external_user_state_changed_at',
      'u.identities',
    ])
    .where('u.tenant_id', '=', tenantId)

type Row = Awaited<ReturnType<ReturnType<typeof current>['executeTakeFirstOrThrow']>>

function toUser(row: Row): UserAccount {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    displayName: row.display_name,
    createdAt: row.created_at,
    revision: row.revision,
    userPrincipalName: row.user_principal_name,
    mail: row.mail,
    mailNickname: row.mail_nickname,
    givenName: row.given_name,
    surname: row.surname,
    userType: row.user_type,
    accountClass: row.account_class,
    accountEnabled: row.account_enabled,
    home:
      row.home_tenant_id === null || row.home_object_id === null
        ? null
        : { tenantId: row.home_tenant_id, objectId: row.home_object_id },
    externalUserState: row.external_user_state,
    externalUserStateChangedAt: row.external_user_state_changed_at,
    identities: row.identities as SignInIdentity[],
  }
}
