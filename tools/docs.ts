// npm run docs             writes docs/rules.md and specs/operations.txt
// npm run docs -- --check  fails when one of them is not what would be written
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describeOperations } from './operations.ts'
import { type Proof, type Rule, readProofs, readRules } from './rules.ts'
import { repositoryRoot } from './source-files.ts'

const sectionsBesideTheRules = ['Invariants', 'Design', 'Security', 'Faults']

const pages: readonly (readonly [path: string, text: string])[] = [
  ['docs/rules.md', describeRules(readRules(), readProofs())],
  ['specs/operations.txt', describeOperations()],
]

for (const [path, text] of pages) {
  const file = join(repositoryRoot, path)
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`${path} is written`)
  } else if (text !== readIfPresent(file)) {
    console.error(`${path} is stale: run "npm run docs" and commit it`)
    process.exitCode = 1
  } else {
    console.log(`${path} is up to date`)
  }
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function describeRules(rules: readonly Rule[], proofs: readonly Proof[]): string {
  const proofsOf = new Map(rules.map((rule) => [rule.id, proofs.filter((proof) => proof.ids.includes(rule.id))]))
  const isProven = (rule: Rule) => (proofsOf.get(rule.id)?.length ?? 0) > 0
  const sections = [...new Set(rules.map((rule) => rule.section))]
  const domain = rules.filter((rule) => !sectionsBesideTheRules.includes(rule.section))
  const required = domain.filter((rule) => !rule.isOptional)

  return [
    '# Rules and their tests',
    '',
    'Written by `npm run docs` from `specs/rules.tsv` and the names of the tests; do not edit it by hand.',
    '',
    `**${required.filter(isProven).length} of ${required.length} rules have a test**, and ` +
      `${domain.filter((rule) => rule.isOptional && isProven(rule)).length} of ` +
      `${domain.length - required.length} optional ones. A rule marked _missing_ is not shown to hold.`,
    '',
    '| section | with a test | of |',
    '| --- | ---: | ---: |',
    ...sections.map((section) => {
      const inSection = rules.filter((rule) => rule.section === section)
      return `| ${section} | ${inSection.filter(isProven).length} | ${inSection.length} |`
    }),
    ...sections.flatMap((section) => [
      '',
      `## ${section}`,
      '',
      '| id | rule | tests |',
      '| --- | --- | --- |',
      ...rules
        .filter((rule) => rule.section === section)
        .map((rule) => `| ${rule.id} | ${toCell(sentenceOf(rule))} | ${toProofCell(proofsOf.get(rule.id) ?? [])} |`),
    ]),
    '',
  ].join('\n')
}

function sentenceOf(rule: Rule): string {
  return rule.isOptional ? `${rule.sentence} (optional)` : rule.sentence
}

function toProofCell(proofs: readonly Proof[]): string {
  if (proofs.length === 0) return '_missing_'
  // Without line numbers: they would change with every edit above.
  const links = proofs.map((proof) => `[${toCell(proof.name)}](../${proof.path.replaceAll(' ', '%20')})`)
  return [...new Set(links)].join('<br>')
}

function toCell(text: string): string {
  return text.replace(/[|[\]<>\\]/g, (character) => `\\${character}`).replace(/\s+/g, ' ')
}
