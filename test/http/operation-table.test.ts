import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Operation } from '../../src/http/operation.ts'
import type { OperationContext } from '../../src/operations/context.ts'
import { namespaceOf } from '../../src/http/openapi.ts'
import { allOperations } from '../../src/providers/all.ts'

const operations: readonly Operation<OperationContext>[] = allOperations({
  login: { publicKeys: () => [] },
  runDueWork: () => Promise.resolve(),
  isSandbox: true,
})

interface SdkOperation {
  readonly package: string
  readonly apiVersion: string
  readonly operation: string
  readonly key: string
  readonly statuses: readonly number[]
}

const shapeOf = (method: string, path: string): string =>
  `${method} ${path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith('{') ? '{}' : segment.toLowerCase()))
    .join('/')}`

const sdkOperations: readonly SdkOperation[] = readFileSync(
  new URL('../../specs/sdk-operations.tsv', import.meta.url),
  'utf8',
)
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => {
    const cells = line.split('\t')
    return {
      package: `${cells[0]}@${cells[1]}`,
      apiVersion: cells[2] ?? '',
      operation: cells[3] ?? '',
      key: shapeOf(cells[4] ?? '', cells[5] ?? ''),
      statuses: (cells[9] ?? '')
        .split(/[ ,;]+/)
        .map((item) => Number.parseInt(item, 10))
        .filter((status) => status > 0),
    }
  })

const served = operations.flatMap((operation) =>
  sdkOperations
    .filter(
      (sdk) =>
        sdk.key === shapeOf(operation.method, operation.path) &&
        (operation.apiVersions === 'any' ||
          operation.apiVersions === 'none' ||
          operation.apiVersions.includes(sdk.apiVersion)),
    )
    .map((sdk) => ({ operation, sdk })),
)

test('D7: the specifications are read, and many of their operations are served', () => {
  expect(sdkOperations.length).toBeGreaterThan(500)
  expect(served.length).toBeGreaterThan(50)
})

test.each(
  served.map(({ operation, sdk }) => [`${operation.id} as ${sdk.package} ${sdk.operation}`, operation, sdk] as const),
)('D7: %s answers only statuses that the client accepts', (_name, operation, sdk) => {
  for (const status of operation.statuses)
    expect(sdk.statuses, `${operation.id} may answer ${status}`).toContain(status)
})

test('D7: operation ids are unique in their namespace, and no two operations serve one method, path and version', () => {
  const ids = operations.map((operation) => `${namespaceOf(operation.path)}.${operation.id}`)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const places = operations.flatMap((operation) => {
    const versions = Array.isArray(operation.apiVersions)
      ? (operation.apiVersions as readonly string[])
      : [String(operation.apiVersions)]
    return versions.map((version) => `${shapeOf(operation.method, operation.path)} ${version}`)
  })
  expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([])
})

test('D9: every operation that takes a token names the permission that it asks for', () => {
  for (const operation of operations) {
    expect(operation.permission, operation.id).not.toBe('')
    if (operation.authentication === 'bearer') expect(operation.permission, operation.id).not.toBe('anybody')
  }
})
