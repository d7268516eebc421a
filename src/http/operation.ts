import type { z } from 'zod'
import type { Caller } from '../domain/access/caller.ts'

export type Method = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'

/** How refusals look on this part of the wire. */
export type ErrorShape = 'arm' | 'doubled' | 'graph' | 'sts' | 'page' | 'partnerCenter'

/**
 * An operation as data. Routing, OpenAPI, the status-code test, the authorisation matrix and specs/operations.txt
 * all come from this one table.
 */
export interface OperationSpec {
  /** As in the published specification, `ResourceGroups_CreateOrUpdate`; ours follow the same form. */
  readonly id: string
  readonly method: Method
  /**
   * Literals match without case; `{name}` is one segment; a leading `{scope}` is any prefix before the last
   * `/providers/`; a trailing `{path*}` is everything that is left.
   */
  readonly path: string
  /** `any`: every well-formed version (inert resource types); `none`: the wire has no api-version (Graph, sign-in). */
  readonly apiVersions: readonly string[] | 'any' | 'none'
  /** Success statuses that it may answer. A client treats any other as an error, so nothing else may be sent. */
  readonly statuses: readonly number[]
  readonly authentication: 'bearer' | 'anonymous'
  /** The permission that is authorised, or who may call; part of the OpenAPI document and of the coverage test. */
  readonly permission: string
  readonly summary: string
  /** Query parameters besides api-version: `optional`, `required`, or `unsupported` (refused by name). */
  readonly query?: Readonly<Record<string, 'optional' | 'required' | 'unsupported'>>
  readonly body?: z.ZodType
  readonly errorShape?: ErrorShape
  /** The published specification declares no api-version here, so none is required. */
  readonly apiVersionOptional?: boolean
  /** A GET that may leave something behind, as a sign-in does; it runs in a transaction as other writes do. */
  readonly isWrite?: true
}

/** `C` is what an operation runs in: who calls, the transaction, the business instant. */
export interface Operation<C> extends OperationSpec {
  handle(context: C, request: ApiRequest): Promise<ApiResponse>
}

export interface ApiRequest {
  readonly spec: OperationSpec
  readonly method: Method
  /** Canonical path: empty segments collapsed, casing as sent, decoded. */
  readonly path: string
  /** Path parameters, casing as sent, decoded. `scope` starts with `/`, and is `` at the root. */
  readonly params: Readonly<Record<string, string>>
  /** First value of each query parameter; names as sent, looked up without case through `queryValue`. */
  readonly query: ReadonlyMap<string, string>
  readonly apiVersion: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  /** Absent only where `authentication` is `anonymous`. */
  readonly caller: Caller | undefined
  readonly requestId: string
  readonly correlationId: string
  /** The configured public origin, without a trailing slash; links are built from it and never from `Host`. */
  readonly baseUrl: string
  /** The network address at the other end of the connection. */
  readonly remoteAddress: string
}

export interface ApiResponse {
  readonly status: number
  /** Serialised as JSON; a Uint8Array or string is sent as it is with the content-type header given. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** One Set-Cookie header each, made by `cookies.ts`. */
  readonly cookies?: readonly string[]
  /** The body is shown in this answer only: it is kept nowhere, not even for a repeated request. */
  readonly isShownOnce?: boolean
  /** What a repeated request is answered in place of a body that is shown once; without it, it runs again. */
  readonly bodyOnRepeat?: unknown
}

export const ok = (body: unknown, headers?: Record<string, string>): ApiResponse =>
  headers ? { status: 200, body, headers } : { status: 200, body }
export const created = (body: unknown, headers?: Record<string, string>): ApiResponse =>
  headers ? { status: 201, body, headers } : { status: 201, body }
export const noContent = (): ApiResponse => ({ status: 204 })

/** A parameter of the path; its absence is a mistake in the operation table, not in the request. */
export function pathParameter(request: ApiRequest, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new Error(`${request.spec.id} has no path parameter ${name}`)
  return value
}

export function queryValue(request: ApiRequest, name: string): string | undefined {
  return request.query.get(name.toLowerCase())
}
