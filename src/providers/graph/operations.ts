import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { applicationOperations } from './application.routes.ts'
import { authorizationPolicyOperations } from './authorization-policy.routes.ts'
import { b2bManagementPolicyOperations } from './b2b-management-policy.routes.ts'
import { deletedItemOperations } from './deleted-item.routes.ts'
import { directoryAuditOperations } from './directory-audit.routes.ts'
import { directoryRoleOperations } from './directory-role.routes.ts'
import { domainOperations } from './domain.routes.ts'
import { groupOperations } from './group.routes.ts'
import { identityProviderOperations } from './identity-provider.routes.ts'
import { invitationOperations } from './invitation.routes.ts'
import { licenseOperations } from './license.routes.ts'
import { organizationOperations } from './organization.routes.ts'
import { servicePrincipalOperations } from './service-principal.routes.ts'
import { userOperations } from './user.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...userOperations,
  ...invitationOperations,
  ...authorizationPolicyOperations,
  ...b2bManagementPolicyOperations,
  ...identityProviderOperations,
  ...licenseOperations,
  ...groupOperations,
  ...deletedItemOperations,
  ...directoryRoleOperations,
  ...directoryAuditOperations,
  ...organizationOperations,
  ...domainOperations,
  ...applicationOperations,
  ...servicePrincipalOperations,
]
