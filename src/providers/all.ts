import type { Operation } from '../http/operation.ts'
import type { OperationContext } from '../operations/context.ts'
import type { RunDueWork } from '../operations/set-sandbox-clock.ts'
import { operations as events } from './events/operations.ts'
import { operations as graph } from './graph/operations.ts'
import { operations as login, type LoginPorts } from './login/operations.ts'
import { operations as metadata } from './metadata/operations.ts'
import { operations as authorization } from './Microsoft.Authorization/operations.ts'
import { operations as billingAccounts } from './Microsoft.Billing/operations.ts'
import { operations as policyStates } from './Microsoft.PolicyInsights/operations.ts'
import { operations as identityLinks } from './Microsoft.AzureActiveDirectory/operations.ts'
import { operations as activityLogs } from './Microsoft.Insights/operations.ts'
import { operations as consumption } from './Microsoft.Consumption/operations.ts'
import { operations as resources } from './Microsoft.Resources/operations.ts'
import { operations as subscriptions } from './Microsoft.Subscription/operations.ts'
import { operations as support } from './Microsoft.Support/operations.ts'
import { operations as audit } from './Tenantry.Audit/operations.ts'
import { operations as partnerCenter } from './partnercenter/operations.ts'
import { operations as billing } from './Tenantry.Billing/operations.ts'
import { operations as tenants } from './Tenantry.Directory/operations.ts'
import { operations as identityUsage } from './Tenantry.Metering/identity-link.operations.ts'
import { operations as partners } from './Tenantry.Partner/operations.ts'
import { operations as pricing } from './Tenantry.Pricing/operations.ts'
import { operations as sandbox } from './Tenantry.Sandbox/operations.ts'

export interface ProviderPorts {
  readonly login: LoginPorts
  readonly runDueWork: RunDueWork
  readonly isSandbox: boolean
}

/** Every operation that this server has. */
export const allOperations = (ports: ProviderPorts): readonly Operation<OperationContext>[] => [
  ...login(ports.login),
  ...metadata,
  ...events,
  ...authorization(() => allOperations(ports)),
  ...policyStates,
  ...identityLinks,
  ...identityUsage,
  ...subscriptions,
  ...consumption,
  ...support,
  ...activityLogs,
  ...resources,
  ...billingAccounts,
  ...tenants,
  ...audit,
  ...billing,
  ...partners,
  ...partnerCenter,
  ...pricing,
  ...graph,
  ...(ports.isSandbox ? sandbox(ports.runDueWork) : []),
]
