import { policyStateOperations } from './policy-state.routes.ts'

export const operations = policyStateOperations
