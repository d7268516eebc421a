import { z } from 'zod'
import type { ManagementLock } from '../../domain/resource/management-lock.ts'
import { guid } from '../../http/body.ts'
import type { getLock } from '../../operations/lock-scope.ts'

export const lockApiVersions = ['2015-01-01', '2016-09-01', '2017-04-01', '2020-05-01']

export const lockBody = z.object({
  properties: z.object({
    level: z.enum(['CanNotDelete', 'ReadOnly'], { error: "is 'CanNotDelete' or 'ReadOnly'" }),
    notes: z.string().max(512).nullish(),
    owners: z
      .array(z.object({ applicationId: guid }))
      .max(20)
      .nullish(),
  }),
})

export const fromWireLock = (
  scope: string,
  name: string,
  { properties }: z.output<typeof lockBody>,
): ManagementLock => ({
  scope,
  name,
  level: properties.level,
  notes: properties.notes ?? null,
  owners: (properties.owners ?? []).map(({ applicationId }) => ({ applicationId })),
})

export const toWireLock = (lock: Awaited<ReturnType<typeof getLock>>) => ({
  id: `${lock.scope}/providers/Microsoft.Authorization/locks/${lock.name}`,
  name: lock.name,
  type: 'Microsoft.Authorization/locks',
  properties: {
    level: lock.level,
    ...(lock.notes === null ? {} : { notes: lock.notes }),
    ...(lock.owners.length === 0 ? {} : { owners: lock.owners }),
  },
  systemData: {
    createdBy: lock.createdBy,
    createdAt: lock.createdAt.toISOString(),
    lastModifiedBy: lock.updatedBy,
    lastModifiedAt: lock.updatedAt.toISOString(),
  },
})
