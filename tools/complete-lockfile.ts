// node tools/run.mjs tools/complete-lockfile.ts
// A mirror of the registry may lack the builds of a package for other platforms. npm then leaves them out of the
// lockfile, and "npm ci" refuses that lockfile on every platform. This writes them in, by the platform in their names.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lockfile, missingBuilds, withMissingBuilds } from './lockfile.ts'
import { repositoryRoot } from './source-files.ts'

const file = join(repositoryRoot, 'package-lock.json')
const lockfile = JSON.parse(readFileSync(file, 'utf8')) as Lockfile
const missing = missingBuilds(lockfile)
if (missing.length > 0) writeFileSync(file, `${JSON.stringify(withMissingBuilds(lockfile), undefined, 2)}\n`)
console.log(`package-lock.json: ${missing.length} builds for other platforms written in`)
