import { type ApiRequest, pathParameter } from '../../http/operation.ts'

/** The scope of an operation that stands on any scope; `/` at the root of the tenant. */
export function scopeOf(request: ApiRequest): string {
  const scope = pathParameter(request, 'scope')
  return scope === '' ? '/' : scope
}

export const roleApiVersions = [
  '2015-07-01',
  '2018-01-01-preview',
  '2018-07-01',
  '2018-09-01-preview',
  '2020-04-01-preview',
  '2020-08-01-preview',
  '2020-10-01-preview',
  '2021-04-01-preview',
  '2022-04-01',
]

export const policyApiVersions = [
  '2019-09-01',
  '2020-09-01',
  '2021-06-01',
  '2022-06-01',
  '2023-04-01',
  '2024-04-01',
  '2024-05-01',
  '2025-01-01',
  '2025-03-01',
]
