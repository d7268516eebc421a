import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { pureNodeModules, type Room, rooms } from './rooms.ts'
import { type Import, listImports, type SourceFile } from './source-files.ts'

/** One sentence per import that the map does not allow: the line, the reason, and the rooms where it would be right. */
export function findImportViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path)
    if (!room) return [`${file.path} is in no room of tools/rooms.ts`]
    return listImports(file).flatMap((line) => {
      const reason = reasonAgainst(file, room, line)
      return reason ? [`${file.path}:${line.line} imports '${line.specifier}': ${reason}`] : []
    })
  })
}

function reasonAgainst(file: SourceFile, room: Room, line: Import): string | undefined {
  if (line.specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file.path), line.specifier))
    if (mayImportFile(file.path, room, target, line.isTypeOnly)) return undefined
    return `${nameOf(room, file.path)} may not import ${target}; ${owners((other) =>
      other.imports.some((path) => covers(path, target)),
    )}`
  }
  if (isBuiltin(line.specifier)) {
    if (mayUseNode(room, line.specifier)) return undefined
    return `${nameOf(room, file.path)} must stay free of this part of Node; ${owners((other) => mayUseNode(other, line.specifier))}`
  }
  const name = packageOf(line.specifier)
  if (mayUsePackage(room, name, line.isTypeOnly)) return undefined
  return `${nameOf(room, file.path)} may not use the package ${name}; ${owners((other) => mayUsePackage(other, name, line.isTypeOnly))}`
}

function mayImportFile(from: string, room: Room, target: string, isTypeOnly: boolean): boolean {
  const ownFolder = matchedPrefix(room.path, from)
  // A room inside another is not part of it: usage-store.ts may not import its own implementations.
  const isOwn = ownFolder !== undefined && target.startsWith(ownFolder) && roomOf(target) === room
  return (
    isOwn ||
    room.imports.some((path) => covers(path, target)) ||
    (isTypeOnly && (room.typeImports ?? []).some((path) => covers(path, target)))
  )
}

function mayUseNode(room: Room, specifier: string): boolean {
  const name = `node:${specifier.replace(/^node:/, '')}`
  return room.node === 'all' || (room.node === 'pure' && pureNodeModules.includes(name))
}

function mayUsePackage(room: Room, name: string, isTypeOnly: boolean): boolean {
  const packages = [...room.packages, ...(isTypeOnly ? (room.typePackages ?? []) : [])]
  return packages.some((allowed) => allowed === '*' || allowed === name || covers(allowed.replace('*', ''), name))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

export function roomOf(path: string): Room | undefined {
  return rooms.find((room) => covers(room.path, path))
}

/** A path that ends in a slash covers all below it; any other covers itself. */
function covers(pattern: string, path: string): boolean {
  return matchedPrefix(pattern, path) !== undefined
}

function matchedPrefix(pattern: string, path: string): string | undefined {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]+')
  return path.match(new RegExp(`^${source}${pattern.endsWith('/') ? '' : '$'}`))?.[0]
}

function nameOf(room: Room, path: string): string {
  return (matchedPrefix(room.path, path) ?? room.path).replace(/^src\//, '').replace(/\/$/, '')
}

function owners(mayDoIt: (room: Room) => boolean): string {
  const names = rooms.filter((room) => !room.path.startsWith('src/app') && mayDoIt(room)).map((room) => room.path)
  return names.length > 0 ? `code that needs it belongs in ${names.join(' or ')}` : 'only src/app.ts knows every room'
}
