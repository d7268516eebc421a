import { directoryChangeLossOperations } from './directory-change-loss.routes.ts'
import { outboxMessageOperations } from './outbox-message.routes.ts'
import { tenantOperations } from './tenant.routes.ts'

export const operations = [...tenantOperations, ...directoryChangeLossOperations, ...outboxMessageOperations]
