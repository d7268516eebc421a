import type { OperationSpec } from '../src/http/operation.ts'
import { allOperations, type ProviderPorts } from '../src/providers/all.ts'

/** The table is only read here, never run, so nothing that an operation would use has to be there. */
const unused: ProviderPorts = {
  login: { publicKeys: () => [] },
  runDueWork: () => Promise.resolve(),
  isSandbox: true,
}

/** The text of specs/operations.txt: what is served, one operation a line, by id. */
export function describeOperations(): string {
  const lines = allOperations(unused).map(toLine)
  return [
    '# Written by `npm run docs` from the operation table; do not edit it by hand.',
    '# id\tmethod\tpath\tapi-versions\tpermission',
    ...lines.toSorted(),
    '',
  ].join('\n')
}

function toLine({ id, method, path, apiVersions, permission }: OperationSpec): string {
  const versions = typeof apiVersions === 'string' ? apiVersions : apiVersions.toSorted().join(',')
  return [id, method, path, versions, permission].join('\t')
}
