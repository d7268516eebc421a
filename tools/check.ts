// npm run check  everything that can be said about the sources without running the product
import { spawnSync } from 'node:child_process'
import { repositoryRoot } from './source-files.ts'

const steps: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.', '--noEmit'],
  ['lint', 'oxlint', '--type-aware', '.'],
  ['format', 'biome', 'format', '.'],
  ['unused code and packages', 'knip'],
  ['the house: imports, ports, tidiness, rule ids', 'vitest', 'run', 'test/house'],
  ['docs/rules.md and specs/operations.txt', process.execPath, 'tools/docs.ts', '--check'],
]

const results = steps.map(([what, command, ...args]) => {
  console.log(`\n── ${what} ──`)
  const started = performance.now()
  const { status, error } = spawnSync(command, args, { cwd: repositoryRoot, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  return { what, isGood: status === 0, seconds: (performance.now() - started) / 1000 }
})

console.log('')
for (const { what, isGood, seconds } of results) {
  console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${what} (${seconds.toFixed(1)} s)`)
}
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1
