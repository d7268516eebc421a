import { json, type Db } from './db.ts'

export async function findSetting<T>(db: Db, name: string): Promise<T | undefined> {
  const row = await db.selectFrom('platform_setting').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value as T | undefined
}

export async function replaceSetting(db: Db, name: string, value: unknown): Promise<void> {
  await db
    .insertInto('platform_setting')
    .values({ name, value: json(value) })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: json(value) }))
    .execute()
}

/** Writes a setting only if it is not there yet, and answers what is there then; two processes agree on the first. */
export async function establishSetting<T>(db: Db, name: string, value: T): Promise<T> {
  await db
    .insertInto('platform_setting')
    .values({ name, value: json(value) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return (await findSetting<T>(db, name)) as T
}
