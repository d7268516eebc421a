export { auditRecordOperations as operations } from './audit-record.routes.ts'
