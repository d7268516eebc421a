// npm run docs             writes docs/rules.md
// npm run docs -- --check  fails when docs/rules.md is not what would be written
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Proof, type Rule, readProofs, readRules } from './rules.ts'
import { repositoryRoot } from './source-files.ts'

const file = join(repositoryRoot, 'docs', 'rules.md')
const sectionsBesideTheRules = ['Invariants', 'Design', 'Security', 'Faults']

const page = describeRules(readRules(), readProofs())
if (!process.argv.includes('--check')) {
  mkdirSync(join(repositoryRoot, 'docs'), { recursive: true })
  writeFileSync(file, page)
  console.log('docs/rules.md is written')
} else if (page !== readIfPresent()) {
  console.error('docs/rules.md is stale: run "npm run docs" and commit it')
  process.exitCode = 1
} else {
  console.log('docs/rules.md is up to date')
}

function readIfPresent(): string | undefined {
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
