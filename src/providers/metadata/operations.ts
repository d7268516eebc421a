import { type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'

/**
 * Where other clients (az, PowerShell, Terraform) learn the endpoints of a cloud. Everybody may ask, before sign-in.
 * The shape depends on the version: one object until 2015, a list of clouds in 2019, one object again in 2022.
 */
export const operations: readonly Operation<OperationContext>[] = [
  {
    id: 'Metadata_Endpoints',
    method: 'GET',
    path: '/metadata/endpoints',
    apiVersions: [
      '2015-01-01',
      '2015-11-01',
      '2018-05-01',
      '2019-05-01',
      '2019-10-01',
      '2020-06-01',
      '2022-09-01',
      '2023-12-01',
    ],
    statuses: [200],
    authentication: 'anonymous',
    permission: 'anybody',
    summary: 'The endpoints of this cloud, for clients that are pointed at it.',
    async handle(context, request) {
      const origin = request.baseUrl
      if (request.apiVersion < '2018-05-01')
        return ok({
          galleryEndpoint: `${origin}/`,
          graphEndpoint: `${origin}/`,
          portalEndpoint: `${origin}/`,
          authentication: { loginEndpoint: `${origin}/`, audiences: audiencesOf(origin) },
        })
      const cloud = {
        name: 'Tenantry',
        portal: `${origin}/`,
        authentication: {
          loginEndpoint: `${origin}/`,
          audiences: audiencesOf(origin),
          tenant: 'common',
          identityProvider: 'AAD',
        },
        resourceManager: `${origin}/`,
        microsoftGraphResourceId: `${origin}/`,
        graph: `${origin}/`,
        graphAudience: 'https://graph.windows.net/',
        gallery: `${origin}/`,
        batch: `${origin}/`,
        media: `${origin}/`,
        sqlManagement: `${origin}/`,
        vmImageAliasDoc: `${origin}/`,
        suffixes: {
          storage: context.settings.domainSuffix,
          keyVaultDns: context.settings.domainSuffix,
          sqlServerHostname: context.settings.domainSuffix,
        },
      }
      return ok(request.apiVersion < '2022-09-01' ? [cloud] : cloud)
    },
  },
]

const audiencesOf = (origin: string): string[] => [
  'https://management.core.windows.net/',
  'https://management.azure.com/',
  `${origin}/`,
]
