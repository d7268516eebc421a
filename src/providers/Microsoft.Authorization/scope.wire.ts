import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, pathParameter } from '../../http/operation.ts'

/** The scope of an operation that stands on any scope; `/` at the root of the tenant. */
export function scopeOf(request: ApiRequest): string {
  const scope = pathParameter(request, 'scope')
  return scope === '' ? '/' : scope
}

/** A name that the caller chose for something of policy. */
export function resourceName(request: ApiRequest, parameter: string, longest: number): string {
  const name = pathParameter(request, parameter)
  if (name.length <= longest && !/[<>*%&:\\?+/#]/.test(name) && !/[. ]$/.test(name)) return name
  throw invalid(
    'InvalidResourceName',
    `The name '${name}' is not allowed: at most ${longest} characters, none of < > * % & : \\ ? + / #, and no dot or space at the end.`,
    parameter,
  )
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
