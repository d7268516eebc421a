// node tools/run.mjs SCRIPT.ts [ARGS]   run a script of the project on the pinned Node
// node tools/run.mjs --test [ARGS]      the tests; ARGS go to vitest
// node tools/run.mjs --test-slow [ARGS] the long forms of the tests
// node tools/run.mjs --bin NAME [ARGS]  a program of node_modules/.bin
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, installMissingPackages, LaunchError, leaveWith, root, runInPlace, say } from './runtime.mjs'

await leaveWith(async () => {
  const [mode, ...args] = process.argv.slice(2)
  if (!mode) throw new LaunchError('name a script, or --test, --test-slow or --bin NAME.')
  await installMissingPackages({ development: !mode.startsWith('src/') })
  const node = findNode()
  if (mode === '--test') return runTests(node, ['run', ...args])
  if (mode === '--test-slow') return runTests(node, ['run', '--config', 'vitest.slow.config.ts', ...args])
  if (mode === '--bin') return runInPlace(node, [findProgram(args[0]), ...args.slice(1)])
  return runInPlace(node, [mode, ...args])
})

async function runTests(node, args) {
  const missing = missingSystemPackages()
  if (missing) say(missing)
  const code = await runInPlace(node, [findProgram('vitest'), ...args])
  // Said again at the end: hundreds of lines later nobody remembers the first.
  if (missing && code !== 0) say(missing)
  return code
}

function missingSystemPackages() {
  const check = spawnSync('bash', [join(root, '.ci', 'system-packages'), '--check'], { encoding: 'utf8' })
  if (check.error) return `the system packages that tests need could not be checked: ${check.error.message}`
  return check.status === 0 ? undefined : check.stdout.trim()
}

function findProgram(name) {
  const link = name && join(root, 'node_modules', '.bin', name)
  if (!link || !existsSync(link)) throw new LaunchError(`there is no program "${name ?? ''}" in node_modules/.bin.`)
  const file = realpathSync(link)
  if (!readFileSync(file).subarray(0, 64).toString().startsWith('#!/usr/bin/env node')) {
    throw new LaunchError(`"${name}" is not a Node program; start ${link} directly.`)
  }
  return file
}
