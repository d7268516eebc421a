import { countLosses, type DirectoryChangeLoss, lossesAsCsv } from '../../domain/resource/directory-change-loss.ts'
import { type Operation, ok } from '../../http/operation.ts'
import { subscriptionIdOf } from '../../http/subscription-id.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listDirectoryChangeLosses } from '../../operations/list-directory-change-losses.ts'

const path = '/subscriptions/{subscriptionId}/providers/Tenantry.Directory/directoryChangeLosses/default'
const common = {
  method: 'GET',
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'Microsoft.Subscription/changeTenantRequest/write',
  statuses: [200],
} as const

const toWireLosses = (subscriptionId: string, losses: readonly DirectoryChangeLoss[]) => ({
  id: path.replace('{subscriptionId}', subscriptionId),
  name: 'default',
  type: 'Tenantry.Directory/directoryChangeLosses',
  properties: { counts: countLosses(losses), losses },
})

export const directoryChangeLossOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'DirectoryChangeLosses_Get',
    path,
    summary:
      'Everything that another directory would delete or break in the subscription, with what it takes to make it again.',
    async handle(context, request) {
      const id = subscriptionIdOf(request)
      return ok(toWireLosses(id, await listDirectoryChangeLosses(context, id)))
    },
  },
  {
    ...common,
    id: 'DirectoryChangeLosses_Export',
    path: `${path}/csv`,
    summary: 'The same as a table.',
    async handle(context, request) {
      const id = subscriptionIdOf(request)
      return ok(lossesAsCsv(await listDirectoryChangeLosses(context, id)), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="directory-change-${id}.csv"`,
      })
    },
  },
]
