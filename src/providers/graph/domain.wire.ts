import { z } from 'zod'
import type { ShownDomain } from '../../operations/read-organization.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

export const newDomainBody = z.object({
  ...refused('supportedServices', 'passwordValidityPeriodInDays'),
  id: z.string(),
})

export const domainChangesBody = z.object({
  ...refused(
    'authenticationType',
    'passwordNotificationWindowInDays',
    'passwordValidityPeriodInDays',
    'supportedServices',
  ),
  isDefault: z.boolean().optional(),
})

export const toWireDomain = (domain: ShownDomain): Entity => ({
  id: domain.name,
  authenticationType: 'Managed',
  availabilityStatus: null,
  isAdminManaged: true,
  isDefault: domain.isDefault,
  isInitial: domain.isInitial,
  isRoot: domain.isRoot,
  isVerified: domain.verifiedAt !== null,
  supportedServices: [],
})

const ttlSeconds = 3600

export const toWireVerificationRecord = (name: string, token: string): Entity => ({
  '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
  id: token.slice(token.indexOf('=') + 1),
  isOptional: false,
  label: name,
  recordType: 'Txt',
  supportedService: 'Email',
  ttl: ttlSeconds,
  text: token,
})
