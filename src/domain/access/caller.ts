/** Who is asking, as the verified token and the directory say. Decided on (tenant, object id), never on a name. */
export interface Caller {
  /** The tenant the token was issued for. */
  readonly tenantId: string
  readonly objectId: string
  readonly kind: 'user' | 'servicePrincipal'
  /** Client id of the application that asked for the token. */
  readonly appId: string
  /** User principal name or application id, as error messages show it. */
  readonly name: string
  /** The platform operator of `operator.json`. */
  readonly isOperator: boolean
}
