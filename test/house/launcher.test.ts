import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryRoot } from '../../tools/source-files.ts'

type Launched = ChildProcessByStdio<null, Readable, Readable>

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-launcher-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function scriptOf(text: string): string {
  const file = join(temporaryFolder(), 'script.ts')
  writeFileSync(file, text)
  return file
}

function launch(args: readonly string[], root = repositoryRoot, environment: NodeJS.ProcessEnv = {}): Launched {
  const launched = spawn(process.execPath, [join(root, 'tools', 'run.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  onTestFinished(() => void launched.kill('SIGKILL'))
  return launched
}

async function outcomeOf(launched: Launched): Promise<{ output: string; messages: string; code: number | null }> {
  let output = ''
  let messages = ''
  launched.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  launched.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text))
  await once(launched, 'close')
  return { output, messages, code: launched.exitCode }
}

async function firstLineOf(launched: Launched): Promise<string> {
  const [line] = (await once(launched.stdout, 'data')) as [Buffer]
  return line.toString().trim()
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('D1: a script runs as TypeScript on the pinned Node, and its arguments and exit code are kept', async () => {
  const script = scriptOf(
    `const [, , ...words]: string[] = process.argv
     console.log(process.version, typeof Temporal, words.join('|'))
     process.exitCode = 42`,
  )

  const { output, code } = await outcomeOf(launch([script, '--json', 'two words']))

  expect(output.trim()).toMatch(/^v26\.\d+\.\d+ object --json\|two words$/)
  expect(code).toBe(42)
})

test('D1: programs that a script starts by name are those of the project', async () => {
  const script = scriptOf(
    `import { execFileSync } from 'node:child_process'
     console.log(process.env.TENANTRY_LAUNCHER_FD, execFileSync('node', ['--version']).toString().trim())
     console.log(execFileSync('tsc', ['--version']).toString().trim())`,
  )

  const { output } = await outcomeOf(launch([script]))

  expect(output).toMatch(/^undefined v26\..*\nVersion 7\./)
})

test('D1: a signal reaches the script exactly once, also when the launcher gets it twice', async () => {
  const launched = launch([
    scriptOf(
      `let interrupts = 0
       process.on('SIGINT', () => { interrupts += 1 })
       process.on('SIGTERM', () => { console.log(interrupts); process.exit(7) })
       console.log('ready')
       setInterval(() => {}, 1000)`,
    ),
  ])
  await firstLineOf(launched)
  const outcome = outcomeOf(launched)
  launched.kill('SIGINT')
  launched.kill('SIGINT')
  await sleep(200)
  launched.kill('SIGTERM')

  expect(await outcome).toMatchObject({ output: '1\n', code: 7 })
})

test('D1: a script that a signal ended gives the exit code that shells expect', async () => {
  const { code } = await outcomeOf(launch([scriptOf(`process.kill(process.pid, 'SIGTERM')\nsetInterval(() => {}, 9)`)]))

  expect(code).toBe(143)
})

test('F02: a launcher that is killed leaves no process behind', async () => {
  const launched = launch([scriptOf(`console.log(process.pid)\nsetInterval(() => {}, 1000)`)])
  const pid = Number(await firstLineOf(launched))
  launched.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
})

test('a mistake is explained without a stack', async () => {
  const { messages, code } = await outcomeOf(launch(['--bin', 'no-such-program']))

  expect(messages).toBe('\ntenantry: there is no program "no-such-program" in node_modules/.bin.\n')
  expect(code).toBe(1)
})

/** A clone with two packages to install, and an npm that notes when it was started. */
function freshClone(): { root: string; environment: NodeJS.ProcessEnv; runsOfNpm: () => string[] } {
  const root = temporaryFolder()
  cpSync(join(repositoryRoot, 'tools'), join(root, 'tools'), { recursive: true })
  const packages = {
    '': { name: 'tenantry' },
    'node_modules/needed': { version: '1.0.0' },
    'node_modules/of-another-platform': { version: '1.0.0', optional: true },
  }
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }))
  const npm = join(root, 'npm-cli.js')
  const log = join(root, 'npm.log')
  writeFileSync(log, '')
  writeFileSync(
    npm,
    `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
     appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(' ') + '\\n')
     setTimeout(() => {
       mkdirSync('node_modules', { recursive: true })
       const packages = { 'node_modules/needed': { version: '1.0.0' } }
       writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
     }, 300)`,
  )
  const runsOfNpm = () => readFileSync(log, 'utf8').split('\n').filter(Boolean)
  return { root, environment: { npm_execpath: npm }, runsOfNpm }
}

const helloScript = () => scriptOf(`console.log('hello')`)

test('D1: what is missing is installed first, with a word about it, and only once', async () => {
  const { root, environment, runsOfNpm } = freshClone()
  const script = helloScript()

  const first = await outcomeOf(launch([script], root, environment))
  const second = await outcomeOf(launch([script], root, environment))

  expect(first).toMatchObject({ output: 'hello\n', code: 0 })
  expect(first.messages).toContain('installing packages (npm ci)')
  expect(second).toEqual({ output: 'hello\n', messages: '', code: 0 })
  expect(runsOfNpm()).toEqual(['ci --ignore-scripts --loglevel=error --no-audit --no-fund'])
})

test('D1: two first starts at once install once', async () => {
  const { root, environment, runsOfNpm } = freshClone()
  const script = helloScript()

  const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(launch([script], root, environment))))

  expect(outcomes.map(({ output }) => output)).toEqual(['hello\n', 'hello\n', 'hello\n'])
  expect(runsOfNpm()).toHaveLength(1)
})

test('D1: another version in the lockfile is installed at the next start', async () => {
  const { root, environment, runsOfNpm } = freshClone()
  mkdirSync(join(root, 'node_modules'))
  const packages = { 'node_modules/needed': { version: '0.9.0' } }
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }))

  await outcomeOf(launch([helloScript()], root, environment))

  expect(runsOfNpm()).toHaveLength(1)
})

test('D1: a lock that a dead process left behind does not stop the next start', async () => {
  const { root, environment } = freshClone()
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(dead, 'exit')
  mkdirSync(join(root, '.install-lock'))
  writeFileSync(join(root, '.install-lock', 'pid'), String(dead.pid))

  expect(await outcomeOf(launch([helloScript()], root, environment))).toMatchObject({ output: 'hello\n', code: 0 })
})
