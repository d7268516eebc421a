import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url))

/** A file of the repository, its path from the root with forward slashes. Tests plant such files without a disk. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

const notOurs = new Set(['node_modules', 'dist', 'data', 'coverage', '.git'])

export function readSourceFiles(folders: readonly string[], ending: RegExp): SourceFile[] {
  return folders
    .flatMap((folder) => listFiles(join(repositoryRoot, folder)))
    .filter((file) => ending.test(file))
    .map((file) => ({
      path: relative(repositoryRoot, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }))
    .toSorted((left, right) => (left.path < right.path ? -1 : 1))
}

function listFiles(folder: string): string[] {
  return listEntries(folder).flatMap((entry) => {
    if (notOurs.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function listEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export interface Import {
  readonly specifier: string
  readonly isTypeOnly: boolean
  readonly line: number
}

/** Every way in which a module names another: import, export from, import(), import type, import('…').Type. */
export function listImports(file: SourceFile): Import[] {
  const { module, program, errors } = parse(file)
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message ?? 'cannot be parsed'}`)
  const found: Import[] = []
  const add = (specifier: string, isTypeOnly: boolean, offset: number) =>
    found.push({ specifier, isTypeOnly, line: lineAt(file.text, offset) })

  for (const statement of module.staticImports) {
    const isTypeOnly = statement.entries.length > 0 && statement.entries.every((entry) => entry.isType)
    add(statement.moduleRequest.value, isTypeOnly, statement.start)
  }
  for (const statement of module.staticExports) {
    const [first] = statement.entries
    if (first?.moduleRequest) {
      add(
        first.moduleRequest.value,
        statement.entries.every((entry) => entry.isType),
        statement.start,
      )
    }
  }
  walk(program, (node) => {
    const source = node.source as Node | undefined
    if (node.type === 'ImportExpression' && typeof source?.value === 'string') add(source.value, false, node.start)
    if (node.type === 'TSImportType' && typeof source?.value === 'string') add(source.value, true, node.start)
  })
  return found
}

export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export function parse(file: SourceFile) {
  return parseSync(file.path, file.text)
}

/** Visits every node, parents first; `parent` and `key` say where the node stands. */
export function walk(root: unknown, visit: (node: Node, parent?: Node, key?: string) => void): void {
  const step = (value: unknown, parent?: Node, key?: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) step(item, parent, key)
    } else if (isNode(value)) {
      visit(value, parent, key)
      for (const [name, child] of Object.entries(value)) step(child, value, name)
    }
  }
  step(root)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
