import { created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  addDomain,
  changeDomain,
  getVerificationRecord,
  removeDomain,
  verifyDomain,
} from '../../operations/change-domain.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getDomain, listDomainsOfTenant } from '../../operations/read-organization.ts'
import { parseGraphBody } from './body.ts'
import { domainChangesBody, newDomainBody, toWireDomain, toWireVerificationRecord } from './domain.wire.ts'
import { graph, onEntity, onList, toCollection, toEntity } from './entity.ts'

export const domainOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onList,
    id: 'Graph_ListDomains',
    method: 'GET',
    path: '/v1.0/domains',
    statuses: [200],
    permission: 'domains/read',
    summary: 'The domains of the tenant.',
    async handle(context, request) {
      return ok(toCollection(request, 'domains', (await listDomainsOfTenant(context)).map(toWireDomain)))
    },
  },
  {
    ...graph,
    id: 'Graph_CreateDomain',
    method: 'POST',
    path: '/v1.0/domains',
    statuses: [201],
    permission: 'domains/update',
    summary: 'Claims a domain for the tenant; it names nobody until it is verified.',
    body: newDomainBody,
    async handle(context, request) {
      const { name } = await addDomain(context, parseGraphBody(request, newDomainBody).id)
      return created(toEntity(request, 'domains', toWireDomain(await getDomain(context, name))), {
        location: `${request.baseUrl}/v1.0/domains/${name}`,
      })
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetDomain',
    method: 'GET',
    path: '/v1.0/domains/{domain}',
    statuses: [200],
    permission: 'domains/read',
    summary: 'A domain of the tenant by its name.',
    async handle(context, request) {
      return ok(toEntity(request, 'domains', toWireDomain(await getDomain(context, pathParameter(request, 'domain')))))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateDomain',
    method: 'PATCH',
    path: '/v1.0/domains/{domain}',
    statuses: [204],
    permission: 'domains/update',
    summary: 'Makes a verified domain the default one.',
    body: domainChangesBody,
    async handle(context, request) {
      const { isDefault } = parseGraphBody(request, domainChangesBody)
      await changeDomain(context, pathParameter(request, 'domain'), { isDefault })
      return noContent()
    },
  },
  {
    ...graph,
    id: 'Graph_DeleteDomain',
    method: 'DELETE',
    path: '/v1.0/domains/{domain}',
    statuses: [204],
    permission: 'domains/update',
    summary: 'Removes a domain that nobody is named in.',
    async handle(context, request) {
      await removeDomain(context, pathParameter(request, 'domain'))
      return noContent()
    },
  },
  {
    ...graph,
    ...onList,
    id: 'Graph_ListDomainVerificationRecords',
    method: 'GET',
    path: '/v1.0/domains/{domain}/verificationDnsRecords',
    statuses: [200],
    permission: 'domains/read',
    summary: 'The text record that proves a claim.',
    async handle(context, request) {
      const { name, verificationToken } = await getVerificationRecord(context, pathParameter(request, 'domain'))
      const records = verificationToken === null ? [] : [toWireVerificationRecord(name, verificationToken)]
      return ok(toCollection(request, `domains('${name}')/verificationDnsRecords`, records))
    },
  },
  {
    ...graph,
    id: 'Graph_VerifyDomain',
    method: 'POST',
    path: '/v1.0/domains/{domain}/verify',
    statuses: [200],
    permission: 'domains/update',
    summary: 'Looks for the text record; the first tenant that proves a name has it.',
    async handle(context, request) {
      const { name } = await verifyDomain(context, pathParameter(request, 'domain'))
      return ok(toEntity(request, 'domains', toWireDomain(await getDomain(context, name))))
    },
  },
]
