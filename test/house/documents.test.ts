import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../src/cli/scenario.ts'
import { repositoryRoot } from '../../tools/source-files.ts'

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8')

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(repositoryRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

/** The anchor that a heading gets: lower case, spaces as hyphens, nothing else but letters and digits. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(pages)('the links of %s lead somewhere', (page) => {
  const prose = read(page).replace(/```[\s\S]*?```/g, '')
  const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^(https?|mailto):/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), decodeURIComponent(path))
    if (!existsSync(join(repositoryRoot, file))) return [target]
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor) ? [target] : []
  })

  expect(broken).toEqual([])
})

test.each(pages)('the source files that %s names exist', (page) => {
  const named = [
    ...read(page).matchAll(
      /`((?:src|tools|test|examples|specs|docs|bench)\/[\w./-]+\.(?:ts|mjs|md|tsv|txt|sql|jsonl))`/g,
    ),
  ]
  const missing = named.map(([, path = '']) => path).filter((path) => !existsSync(join(repositoryRoot, path)))

  expect(missing).toEqual([])
})

test('every variable of the configuration is documented, and nothing else is', () => {
  const inCode = [...read('src/config/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name)
  const documented = [...read('docs/operating/configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    ([, name]) => name,
  )

  expect(inCode.length).toBeGreaterThan(5)
  expect(documented).toEqual(inCode)
})

test('the example of a scenario is one', () => {
  const page = read('docs/guide/scenarios.md')
  const example = /```jsonl\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

  expect(parseScenario(example)).toHaveLength(4)
})

describe('the list of operations', () => {
  test('ids of operations that the documents name are served', () => {
    const served = new Set(
      read('specs/operations.txt')
        .split('\n')
        .map((line) => line.split('\t')[0]),
    )
    const paths = pages.filter((page) => page.startsWith('docs/guide') || page === 'README.md')
    const named = paths.flatMap((page) => [...read(page).matchAll(/`([A-Z]\w*[a-z]_[A-Z]\w+)`/g)].map(([, id]) => id))

    expect(named.filter((id) => !served.has(id))).toEqual([])
  })

  test('paths that the guide names are served', () => {
    const served = read('specs/operations.txt')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t')[2] ?? '')
    const shapes = served.map(
      (path) =>
        new RegExp(
          `${path
            // What stands below something else is named by its own part: `{scope}/providers/…` or `{invoice}/providers/…`.
            .slice(Math.max(0, path.lastIndexOf('/providers/')))
            .replace(/[.()$]/g, '\\$&')
            .replace(/\{[^}]+\}/g, '[^/]+')}$`,
          'i',
        ),
    )
    const guides = pages.filter((page) => page.startsWith(join('docs', 'guide')))
    const missing = guides.flatMap((page) =>
      [...read(page).matchAll(/\/providers\/(Tenantry\.\w+\/[^\s`?"]+)/g)]
        .map(([path]) => path.replace(/[.,;)]+$/, ''))
        .filter((path) => !shapes.some((shape) => shape.test(path)))
        .map((path) => `${page}: ${path}`),
    )

    expect(missing).toEqual([])
  })
})
