import { readFileSync } from 'node:fs'
import { systemTimers } from '../adapters/timers.ts'
import { ConfigurationError } from '../config/config.ts'
import { reachServer, type ServerAccess } from './server-access.ts'
import { type PrincipalCredentials, Session } from './session.ts'

export interface ReporterOptions {
  readonly tenant?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly server?: string
  readonly ca?: string
}

/** Reaches the server that is named, or the one of the data directory, as the application that reports usage. */
export async function reachServerAsReporter(
  options: ReporterOptions,
  env: Readonly<Record<string, string | undefined>>,
  onProgress: (step: string) => void,
): Promise<ServerAccess> {
  const credentials = credentialsOf(options, env)
  const access = options.server === undefined ? await reachServer('serve', onProgress) : remote(options)
  access.session.introduce('reporter', credentials)
  return access
}

function remote({ server = '', ca }: ReporterOptions): ServerAccess {
  if (!/^https:\/\/[^/]+\/?$/.test(server))
    throw new ConfigurationError(`--server must be an https origin such as https://localhost:8443, not '${server}'.`)
  const caPem = ca === undefined ? undefined : readText('--ca', ca)
  const session = new Session(
    server.replace(/\/$/, ''),
    caPem,
    undefined,
    systemTimers(() => undefined),
  )
  return { session, close: async () => session.close() }
}

function credentialsOf(
  options: ReporterOptions,
  env: Readonly<Record<string, string | undefined>>,
): PrincipalCredentials {
  const tenantId = options.tenant ?? env.TENANTRY_TENANT_ID
  const clientId = options.clientId ?? env.TENANTRY_CLIENT_ID
  const file = env.TENANTRY_CLIENT_SECRET_FILE
  const clientSecret =
    options.clientSecret ??
    env.TENANTRY_CLIENT_SECRET ??
    (file === undefined ? undefined : readText('TENANTRY_CLIENT_SECRET_FILE', file).trim())
  if (tenantId === undefined || clientId === undefined || clientSecret === undefined)
    throw new ConfigurationError(
      'Say which application reports: --tenant, --client-id and --client-secret, or TENANTRY_TENANT_ID, ' +
        'TENANTRY_CLIENT_ID and TENANTRY_CLIENT_SECRET (or TENANTRY_CLIENT_SECRET_FILE).',
    )
  return { tenantId, clientId, clientSecret }
}

function readText(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`${name} cannot be read: ${(error as Error).message}`)
  }
}
