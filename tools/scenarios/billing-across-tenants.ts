import { directoryChange, partnersSubscription } from './billing-across-tenants/directory-change.ts'
import { givingRoles, inviting, redeeming } from './billing-across-tenants/guests.ts'
import { hierarchy, setting, wingtipsSubscription } from './billing-across-tenants/setting.ts'
import { accepting, aprilsEnd, asking } from './billing-across-tenants/transfer.ts'
import { writeScenario } from './scenario-file.ts'

/** One billing account for the subscriptions of several tenants, flow F0: a file for each group of its steps. */
writeScenario('billing-across-tenants', [
  setting,
  hierarchy,
  inviting,
  redeeming,
  givingRoles,
  wingtipsSubscription,
  asking,
  accepting,
  aprilsEnd,
  directoryChange,
  partnersSubscription,
])
