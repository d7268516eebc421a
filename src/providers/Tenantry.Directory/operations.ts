import { tenantOperations } from './tenant.routes.ts'

export const operations = tenantOperations
