import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineAt, type Node, parse, readSourceFiles, repositoryRoot, type SourceFile, walk } from './source-files.ts'

export interface Rule {
  readonly id: string
  readonly section: string
  readonly isOptional: boolean
  readonly sentence: string
}

/** What proves a rule: a test or a scenario that says its id. */
export interface Proof {
  readonly ids: readonly string[]
  readonly name: string
  readonly path: string
  readonly line: number
}

const ruleId = /\b(?:(?:TEN|SUB|ACC|BIL|OWN|MAU|STK|PAR|INV|DEC)-\d+|I-\d\d)\b/g
/** Short ids bear their meaning only at the head of a name: `D6: …`, `F02, S50: …`. */
const shortIds = /^((?:(?:D\d+|[SF]\d\d|[A-Z]{1,3}-\d+)(?:,? and |, | |\/))*(?:D\d+|[SF]\d\d|[A-Z]{1,3}-\d+)):/

export function readRules(): Rule[] {
  const [, ...rows] = readFileSync(join(repositoryRoot, 'specs', 'rules.tsv'), 'utf8')
    .trim()
    .split('\n')
  return rows.map((row) => {
    const [id, section, optional, sentence] = row.split('\t')
    if (!id || !section || !sentence) throw new Error(`specs/rules.tsv has an incomplete row: ${row}`)
    return { id, section, isOptional: optional === 'optional', sentence }
  })
}

export function readProofs(): Proof[] {
  return [
    ...readSourceFiles(['test'], /\.test\.ts$/).flatMap(listTests),
    ...readSourceFiles(['examples'], /\.scenario\.jsonl$/).flatMap(listScenarioSteps),
  ].filter((proof) => proof.ids.length > 0)
}

/** Tests as the sources name them: a name is a literal, and a `describe` around it lends it its ids. */
export function listTests(file: SourceFile): Proof[] {
  const groups: { name: string; end: number }[] = []
  const proofs: Proof[] = []
  walk(parse(file).program, (node) => {
    if (node.type !== 'CallExpression') return
    const kind = calleeOf(node.callee as Node)
    const name = literalOf((node.arguments as Node[])[0])
    if (name === undefined) return
    while ((groups.at(-1)?.end ?? Infinity) < node.start) groups.pop()
    if (kind === 'describe') groups.push({ name, end: node.end })
    if (kind !== 'test' && kind !== 'it') return
    const inherited = groups.flatMap((group) => idsIn(group.name))
    proofs.push({
      ids: [...new Set([...inherited, ...idsIn(name)])],
      name,
      path: file.path,
      line: lineAt(file.text, node.start),
    })
  })
  return proofs
}

/** `test`, `test.each(…)`, `test.skipIf(…)`, `describe.each(…)`: the word at the root. */
function calleeOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name as string
  if (callee.type === 'MemberExpression') {
    // What is never run proves nothing.
    const isLeftOut = ['skip', 'todo', 'fails'].includes((callee.property as Node).name as string)
    return isLeftOut ? undefined : calleeOf(callee.object as Node)
  }
  if (callee.type === 'CallExpression') return calleeOf(callee.callee as Node)
  if (callee.type === 'TaggedTemplateExpression') return calleeOf(callee.tag as Node)
  return undefined
}

function literalOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type !== 'TemplateLiteral') return undefined
  return (node.quasis as Node[]).map((part) => (part.value as { cooked: string }).cooked).join('…')
}

function listScenarioSteps(file: SourceFile): Proof[] {
  return file.text.split('\n').flatMap((text, index) => {
    if (text.trim() === '') return []
    const step = JSON.parse(text) as { rules?: string[]; do?: string }
    return step.rules ? [{ ids: step.rules, name: step.do ?? 'a step', path: file.path, line: index + 1 }] : []
  })
}

export function idsIn(name: string): string[] {
  const short = name.match(shortIds)?.[1]?.split(/,? and |, | |\//) ?? []
  return [...new Set([...short, ...(name.match(ruleId) ?? [])])]
}
