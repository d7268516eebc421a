import { readFileSync } from 'node:fs'

export type Graph = 'directory' | 'resources' | 'money'
/** `usage` and `platform` are state of no graph; `trace` is what is written beside a change. */
export type Assignment = Graph | 'usage' | 'platform' | 'trace'

export interface GraphException {
  readonly operation: string
  readonly graph: Graph
  readonly rule: string
  readonly why: string
}

const read = (file: string): string[][] =>
  readFileSync(new URL(`../../specs/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))

const assignments = read('graphs.tsv')
export const graphOfTable: ReadonlyMap<string, Assignment> = new Map(
  assignments.filter(([kind]) => kind === 'table').map(([, name = '', graph = '']) => [name, graph as Assignment]),
)
export const graphOfNamespace: ReadonlyMap<string, Assignment> = new Map(
  assignments.filter(([kind]) => kind === 'namespace').map(([, name = '', graph = '']) => [name, graph as Assignment]),
)

export const graphExceptions: readonly GraphException[] = read('graph-exceptions.tsv').map(
  ([operation = '', graph = '', rule = '', why = '']) => ({ operation, graph: graph as Graph, rule, why }),
)
