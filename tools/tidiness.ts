import { posix } from 'node:path'
import { listImports, type SourceFile } from './source-files.ts'

const longestFile = 450
/** Names under which anything could hide. */
const emptyNames = /(^|[-.])(utils?|helpers?|common|managers?|services?|misc)(\.\w+)+$/i
/** What a tenant has enabled (TEN-24) and what support is given for are called services on the wire. */
const servicesOfTheWire =
  /(?:^|\/)(?:(?:tenant|support)-service|\d{4}-directory-service|(?:Microsoft\.Support|Tenantry\.Directory)\/service)(\.\w+)+$/
const unfinished = /\b(?:TODO|FIXME|HACK)\b|(?<![-\w])XXX(?![-\w])/
/** Folders of one machine: what is written there works nowhere else. */
const machinePaths = /(?<![\w.$}])\/(?:work|home|root|Users)\/\w/

export function findUntidyFiles(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const name = posix.basename(file.path)
    const lines = file.text.split('\n')
    return [
      ...(lines.length > longestFile + 1 ? [`${file.path} has more than ${longestFile} lines: make it two nouns`] : []),
      ...(emptyNames.test(name) && !servicesOfTheWire.test(file.path)
        ? [`${file.path}: name it for the thing it holds`]
        : []),
      ...linesThat(unfinished, lines).map((line) => `${file.path}:${line} is unfinished: finish it or leave it out`),
      ...linesThat(machinePaths, lines).map((line) => `${file.path}:${line} names a folder of one machine`),
    ]
  })
}

function linesThat(pattern: RegExp, lines: readonly string[]): number[] {
  return lines.flatMap((line, index) => (pattern.test(line) ? [index + 1] : []))
}

/** Chains of files that need each other at run time. Types are gone by then and may point both ways. */
export function findImportCycles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path))
  const edges = new Map(files.map((file) => [file.path, importedFiles(file).filter((path) => known.has(path))]))
  const finished = new Set<string>()
  const cycles: string[] = []

  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' → '))
    } else if (!finished.has(path)) {
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
      finished.add(path)
    }
  }
  for (const path of edges.keys()) visit(path, [])
  return cycles
}

function importedFiles(file: SourceFile): string[] {
  return listImports(file)
    .filter((line) => !line.isTypeOnly && line.specifier.startsWith('.'))
    .map((line) => posix.normalize(posix.join(posix.dirname(file.path), line.specifier)))
}
