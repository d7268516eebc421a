import { hierarchy, setting, wingtipsSubscription } from './billing-across-tenants/setting.ts'
import { accepting, aprilsEnd, asking } from './billing-across-tenants/transfer.ts'
import { writeScenario } from './scenario-file.ts'

/** One billing account for the subscriptions of several tenants, flow F0: a file for each group of its steps. */
writeScenario('billing-across-tenants', [setting, hierarchy, wingtipsSubscription, asking, accepting, aprilsEnd])
