import { lineAt, type Node, parse, type SourceFile, walk } from './source-files.ts'

/** A name that is a clock, a timer or a source of chance wherever it is called from. */
const bareNames = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'randomUUID',
  'randomUUIDv7',
  'randomBytes',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
])

/** Objects whose listed members are the same; the rest of the object is harmless. */
const members: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  performance: ['now', 'timeOrigin'],
  Temporal: ['Now'],
  process: ['hrtime', 'uptime'],
}

const modules = new Set(['node:timers', 'timers', 'node:timers/promises', 'timers/promises', 'node:perf_hooks'])

const sqlEffects = new RegExp(
  [
    String.raw`\b(?:now|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday|random)\s*\(\s*\)`,
    String.raw`\b(?:gen_random_uuid|uuid_generate_v[14]|uuidv[47]|gen_random_bytes|random_normal|setseed)\s*\(`,
    String.raw`\b(?:current_timestamp|current_time|current_date|localtimestamp|localtime)\b`,
    String.raw`'(?:now|today|tomorrow|yesterday)'\s*::`,
  ].join('|'),
  'i',
)

/**
 * Time and chance that did not come in as an argument (D6). A program that asks the machine cannot be replayed, and a
 * bill that depends on it cannot be recomputed.
 */
export function findHiddenEffects(file: SourceFile): string[] {
  const found = file.path.endsWith('.sql') ? findInSql(file) : findInProgram(file)
  const texts = found.map(
    ({ what, line }) => `${file.path}:${line} uses ${what}; take it from src/domain/ports.ts instead`,
  )
  return [...new Set(texts)]
}

interface Finding {
  readonly what: string
  readonly line: number
}

function findInSql(file: SourceFile): Finding[] {
  // Comments become blanks of the same length, so that lines keep their numbers.
  const code = file.text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
  return code.split('\n').flatMap((text, index) => {
    const match = text.match(sqlEffects)
    return match ? [{ what: `SQL ${match[0]}`, line: index + 1 }] : []
  })
}

function findInProgram(file: SourceFile): Finding[] {
  const found: Finding[] = []
  walk(parse(file).program, (node, parent, key) => {
    const what = effectOf(node, parent, key)
    if (what) found.push({ what, line: lineAt(file.text, node.start) })
  })
  return found
}

function effectOf(node: Node, parent: Node | undefined, key: string | undefined): string | undefined {
  switch (node.type) {
    case 'NewExpression':
      return nameOf(node.callee) === 'Date' && isEmpty(node.arguments) ? 'new Date()' : undefined
    case 'CallExpression':
      return nameOf(node.callee) === 'Date' ? 'Date()' : undefined
    case 'MemberExpression':
      return effectOfMember(node)
    case 'ImportSpecifier':
      return bareNames.has(nameOf(node.imported) ?? '') ? nameOf(node.imported) : undefined
    case 'Identifier':
      return bareNames.has(String(node.name)) && !isOnlyAName(parent, key) ? String(node.name) : undefined
    case 'ImportDeclaration':
      return modules.has(String((node.source as Node).value)) ? String((node.source as Node).value) : undefined
    case 'Literal':
      return typeof node.value === 'string' ? effectOfSql(node.value) : undefined
    case 'TemplateElement':
      return effectOfSql((node.value as { cooked?: string }).cooked ?? '')
    default:
      return undefined
  }
}

function effectOfMember(node: Node): string | undefined {
  const object = nameOf(node.object) ?? nameOf((node.object as Node).property)
  const { value } = node.property as Node
  const member = nameOf(node.property) ?? (typeof value === 'string' ? value : '')
  if (object && members[object]?.includes(member)) return `${object}.${member}`
  const isOfTheMachine = object === 'globalThis' || object === 'crypto' || object === 'webcrypto'
  return isOfTheMachine && bareNames.has(member) ? `${object}.${member}` : undefined
}

function effectOfSql(text: string): string | undefined {
  const match = text.match(sqlEffects)
  return match ? `SQL ${match[0]}` : undefined
}

/** `server.setTimeout(5000)` sets a limit of a socket, and `{ randomBytes }` in a type is only a word. */
function isOnlyAName(parent: Node | undefined, key: string | undefined): boolean {
  if (!parent) return false
  // Reported once, by the specifier as a whole.
  if (parent.type === 'ImportSpecifier') return true
  if (parent.type === 'MemberExpression') return key === 'property' && parent.computed !== true
  if (parent.type === 'Property') return key === 'key' && parent.computed !== true && parent.shorthand !== true
  return (
    /^(TSPropertySignature|TSMethodSignature|PropertyDefinition|MethodDefinition)$/.test(parent.type) && key === 'key'
  )
}

function nameOf(node: unknown): string | undefined {
  const { type, name } = (node ?? {}) as Partial<Node>
  return type === 'Identifier' ? String(name) : undefined
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}
