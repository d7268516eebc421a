export interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface MissingBuild {
  readonly path: string
  readonly version: string
  readonly isForDevelopment: boolean
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
/** Those that are built for a C library are named for it; the rest run on the usual one. */
const libraries: Readonly<Record<string, string>> = {
  musl: 'musl',
  musleabihf: 'musl',
  gnu: 'glibc',
  gnueabihf: 'glibc',
  glibc: 'glibc',
}

/** Optional packages that the lockfile names and does not hold. */
export function missingBuilds(lockfile: Lockfile): MissingBuild[] {
  return Object.values(lockfile.packages).flatMap((owner) =>
    Object.entries(owner.optionalDependencies ?? {})
      .map(([name, version]) => ({ path: `node_modules/${name}`, version, isForDevelopment: owner.dev === true }))
      .filter(({ path }) => !Object.keys(lockfile.packages).some((known) => known.endsWith(path))),
  )
}

export function withMissingBuilds(lockfile: Lockfile): Lockfile {
  const added = missingBuilds(lockfile).map((build) => [build.path, toLockedPackage(build)] as const)
  const packages = [...Object.entries(lockfile.packages), ...added]
  return { ...lockfile, packages: Object.fromEntries(packages.toSorted(([left], [right]) => (left < right ? -1 : 1))) }
}

function toLockedPackage({ path, version, isForDevelopment }: MissingBuild): LockedPackage {
  const words = path.split(/[/-]/)
  const library = words.map((word) => libraries[word]).find(Boolean)
  const locked = {
    version,
    os: words.filter((word) => systems.includes(word)),
    cpu: words.filter((word) => processors.includes(word)),
    ...(library ? { libc: [library] } : {}),
    ...(isForDevelopment ? { dev: true } : {}),
    optional: true,
  }
  if (locked.os.length !== 1 || locked.cpu.length !== 1 || !/^\d/.test(version)) {
    throw new Error(`${path} ${version} does not say for which platform it is: add it to package-lock.json by hand`)
  }
  return locked
}
