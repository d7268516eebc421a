import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { pairwiseSubject } from '../../operations/issue-user-tokens.ts'
import { getMe } from '../../operations/read-user.ts'

/** OpenID Connect Core, 5.3: who the token is of, under the subject that the application knows. */
export const userInfoOperations: readonly Operation<OperationContext>[] = (['GET', 'POST'] as const).map((method) => ({
  id: method === 'GET' ? 'Login_GetUserInfo' : 'Login_PostUserInfo',
  method,
  path: '/oidc/userinfo',
  statuses: [200],
  authentication: 'bearer',
  permission: 'oneself',
  apiVersions: 'none',
  errorShape: 'graph',
  summary: 'Who the signed-in person is, for the application that the token was given to.',
  handle: userInfo,
}))

async function userInfo(context: OperationContext, _request: ApiRequest): Promise<ApiResponse> {
  const { caller } = context
  const appId = caller.kind === 'user' ? caller.appId : undefined
  if (!appId) throw invalid('BadRequest', 'The token is of an application; userinfo is about a person.')
  const user = await getMe(context)
  return ok({
    sub: pairwiseSubject({ tenantId: user.tenantId, objectId: user.id, appId }),
    name: user.displayName,
    ...(user.givenName === null ? {} : { given_name: user.givenName }),
    ...(user.surname === null ? {} : { family_name: user.surname }),
    ...(user.mail === null ? {} : { email: user.mail }),
    preferred_username: user.userPrincipalName,
  })
}
