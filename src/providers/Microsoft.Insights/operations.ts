export { activityLogOperations as operations } from './activity-log.routes.ts'
