import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Lockfile, missingBuilds, withMissingBuilds } from '../../tools/lockfile.ts'
import { repositoryRoot } from '../../tools/source-files.ts'

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(repositoryRoot, name), 'utf8'))

const incomplete: Lockfile = {
  packages: {
    'node_modules/tool': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: {
        '@tool/linux-x64': '2.0.0',
        '@tool/darwin-arm64': '2.0.0',
        '@tool/linux-x64-musl': '2.0.0',
      },
    },
    'node_modules/@tool/linux-x64': { version: '2.0.0' },
  },
}

test('a build for another platform that the lockfile lacks is found and written in', () => {
  const complete = withMissingBuilds(incomplete)

  expect(missingBuilds(incomplete).map(({ path }) => path)).toEqual([
    'node_modules/@tool/darwin-arm64',
    'node_modules/@tool/linux-x64-musl',
  ])
  expect(missingBuilds(complete)).toEqual([])
  expect(complete.packages['node_modules/@tool/darwin-arm64']).toEqual({
    version: '2.0.0',
    os: ['darwin'],
    cpu: ['arm64'],
    dev: true,
    optional: true,
  })
  expect(complete.packages['node_modules/@tool/linux-x64-musl']).toMatchObject({ libc: ['musl'] })
})

test('S60: npm ci finds every package in the lockfile, for every platform', () => {
  // When this fails: node tools/run.mjs tools/complete-lockfile.ts
  expect(missingBuilds(readJson('package-lock.json') as Lockfile)).toEqual([])
})

test('S60: every dependency is named by its exact version, and none runs a script when it is installed', () => {
  const manifest = readJson('package.json') as Record<string, Record<string, string>>
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  )

  expect(versions.filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  expect(readFileSync(join(repositoryRoot, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
})
