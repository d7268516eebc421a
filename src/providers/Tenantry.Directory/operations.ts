import { directoryChangeLossOperations } from './directory-change-loss.routes.ts'
import { guestTermsOperations } from './guest-terms.routes.ts'
import { invitationOperations } from './invitation.routes.ts'
import { outboxMessageOperations } from './outbox-message.routes.ts'
import { serviceOperations } from './service.routes.ts'
import { supportTicketOperations } from './support-ticket.routes.ts'
import { tenantLifeOperations } from './tenant-life.routes.ts'
import { redemptionOperations } from './redemption.routes.ts'
import { tenantOperations } from './tenant.routes.ts'

export const operations = [
  ...tenantOperations,
  ...tenantLifeOperations,
  ...serviceOperations,
  ...supportTicketOperations,
  ...directoryChangeLossOperations,
  ...outboxMessageOperations,
  ...guestTermsOperations,
  ...invitationOperations,
  ...redemptionOperations,
]
