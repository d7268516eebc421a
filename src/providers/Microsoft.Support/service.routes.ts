import { notFound } from '../../domain/refusal.ts'
import {
  findProblem,
  findSupportService,
  type ProblemClassification,
  type SupportService,
  supportServices,
} from '../../domain/support/support-service.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { apiVersions } from './support-ticket.wire.ts'

const common = {
  apiVersions,
  authentication: 'bearer',
  method: 'GET',
  statuses: [200],
  permission: 'any caller',
} as const
const root = '/providers/Microsoft.Support/services'

function serviceOf(request: ApiRequest): SupportService {
  const name = pathParameter(request, 'serviceName')
  const service = findSupportService(name)
  if (!service) throw notFound('ServiceNotFound', `There is no service '${name}' to ask about.`)
  return service
}

const toWireService = (service: SupportService) => ({
  id: `${root}/${service.name}`,
  name: service.name,
  type: 'Microsoft.Support/services',
  properties: { displayName: service.displayName, resourceTypes: service.resourceTypes },
})

const toWireProblem = (service: SupportService, problem: ProblemClassification) => ({
  id: `${root}/${service.name}/problemClassifications/${problem.name}`,
  name: problem.name,
  type: 'Microsoft.Support/problemClassifications',
  properties: { displayName: problem.displayName },
})

export const serviceOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Services_List',
    path: root,
    summary: 'What a support request can be filed under.',
    handle: () => Promise.resolve(ok({ value: supportServices.map(toWireService) })),
  },
  {
    ...common,
    id: 'Services_Get',
    path: `${root}/{serviceName}`,
    summary: 'One service.',
    handle: async (_context, request) => ok(toWireService(serviceOf(request))),
  },
  {
    ...common,
    id: 'ProblemClassifications_List',
    path: `${root}/{serviceName}/problemClassifications`,
    summary: 'The kinds of problem of a service.',
    async handle(_context, request) {
      const service = serviceOf(request)
      return ok({ value: service.problemClassifications.map((problem) => toWireProblem(service, problem)) })
    },
  },
  {
    ...common,
    id: 'ProblemClassifications_Get',
    path: `${root}/{serviceName}/problemClassifications/{problemClassificationName}`,
    summary: 'One kind of problem.',
    async handle(_context, request) {
      const service = serviceOf(request)
      const name = pathParameter(request, 'problemClassificationName')
      const problem = findProblem(service, name)
      if (!problem) throw notFound('ProblemClassificationNotFound', `The service has no kind of problem '${name}'.`)
      return ok(toWireProblem(service, problem))
    },
  },
]
