export { eventsOperations as operations } from './events.routes.ts'
