import type { ApiRequest, ApiResponse } from './operation.ts'

/**
 * 202 with an absolute Location that the client polls: 202 until the end, then 200, 204 or the error itself
 * (status-code mode, API.md 2.5). The body is empty: SDKs ignore it, and a status text would change the mode.
 */
export function accepted(request: ApiRequest, operationId: string, below: string): ApiResponse {
  return {
    status: 202,
    headers: {
      location: `${request.baseUrl}${below}/operationresults/${operationId}?api-version=${request.apiVersion}`,
      'retry-after': '1',
    },
  }
}

export interface PolledOperation {
  readonly state: 'Accepted' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled'
  readonly result: unknown
}

/** The answer to a poll: still running, or the result of the operation. Failures are thrown by the caller as refusals. */
export function polled(request: ApiRequest, operation: PolledOperation, emptyStatus: 200 | 204): ApiResponse {
  if (operation.state === 'Accepted' || operation.state === 'Running')
    return {
      status: 202,
      headers: {
        location: `${request.baseUrl}${request.path}?api-version=${request.apiVersion}`,
        'retry-after': '1',
      },
    }
  return operation.result === null || operation.result === undefined
    ? { status: emptyStatus }
    : { status: 200, body: operation.result }
}
