import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { z } from 'zod'

/** How the program was started: `sandbox` has the clock and user tokens of DESIGN 8, `serve` has neither. */
export type Mode = 'sandbox' | 'serve'

const integer = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

const isServerAddress = (text: string): boolean =>
  isIP(text) !== 0 || isIP(/^\[?([0-9a-f.:]+?)\]?:\d{1,5}$/i.exec(text)?.[1] ?? '') !== 0

const environment = z.object({
  TENANTRY_DATA_DIR: z.string().default('./data'),
  TENANTRY_HOST: z.string().default('127.0.0.1'),
  TENANTRY_PORT: integer(0, 65_535).default(8443),
  TENANTRY_BASE_URL: z
    .string()
    .regex(/^https:\/\/[^/]+\/?$/, 'must be an https origin such as https://billing.example.com')
    .optional(),
  DATABASE_URL: z.string().optional(),
  SMTP_URL: z
    .string()
    .regex(
      /^smtps?:\/\/[^/?#]+\/?$/,
      'must be smtp:// or smtps:// with a host, such as smtps://user:password@mail.example.com',
    )
    .optional(),
  TENANTRY_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>@\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/, "must be an address or 'Name <address>'")
    .optional(),
  TENANTRY_DOMAIN_SUFFIX: z
    .string()
    .regex(/^[a-z0-9.-]+$/)
    .default('onmicrosoft.com'),
  TENANTRY_DNS_SERVERS: z
    .string()
    .transform((text) => text.split(',').map((server) => server.trim()))
    .refine((servers) => servers.every(isServerAddress), 'must be IP addresses, each with a port if it is not 53')
    .default([]),
  TENANTRY_MAU_EFFECTIVE_FROM: z.iso.datetime().default('2019-11-01T00:00:00Z'),
  TENANTRY_GRACE_HOURS: integer(0, 24 * 28).default(72),
  TENANTRY_TRANSFER_EXPIRY_DAYS: integer(1, 365).default(15),
  TENANTRY_OVERDUE_DISABLE_DAYS: integer(0, 3650).default(30),
  TENANTRY_INVOICE_SCHEDULE: z.enum(['automatic', 'manual']).optional(),
  TENANTRY_BILLING_ROLES: z.enum(['2021', '2026']).default('2021'),
  TENANTRY_EXEMPT_IDENTITY_LINKS: z.stringbool().default(false),
  TENANTRY_PRIVATE_ISSUERS: z.stringbool().default(false),
  TENANTRY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  TENANTRY_RATE_LIMIT: z.enum(['on', 'off']).optional(),
  TENANTRY_POSTGRES_SHARED_BUFFERS: z.string().optional(),
})

export interface Config {
  readonly mode: Mode
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** Absent: made of host and the port that was bound. */
  readonly baseUrl: string | undefined
  readonly databaseUrl: string | undefined
  /** Absent: mail stays in the outbox. */
  readonly smtpUrl: string | undefined
  /** Absent: no-reply at the host of the base URL. */
  readonly mailFrom: string | undefined
  readonly domainSuffix: string
  /** Empty: those of the machine. */
  readonly dnsServers: readonly string[]
  readonly mauEffectiveFrom: Date
  readonly graceHours: number
  readonly transferExpiryDays: number
  readonly overdueDisableDays: number
  readonly invoiceSchedule: 'automatic' | 'manual'
  readonly exemptIdentityLinksFromPolicy: boolean
  readonly billingRolesEdition: '2021' | '2026'
  /** Whether providers outside may have addresses on our own side (TRUST S40). */
  readonly allowsPrivateIssuers: boolean
  readonly logLevel: string
  readonly rateLimit: boolean
  readonly postgresSettings: Record<string, string>
}

export class ConfigurationError extends Error {}

/** `NAME_FILE` gives the value of `NAME` from a file, for secrets that should not stand in the environment. */
function withFiles(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const merged: Record<string, string | undefined> = { ...env }
  for (const name of Object.keys(environment.shape)) {
    const file = env[`${name}_FILE`]
    if (file === undefined) continue
    if (env[name] !== undefined) throw new ConfigurationError(`Set either ${name} or ${name}_FILE, not both.`)
    try {
      merged[name] = readFileSync(file, 'utf8').trim()
    } catch (error) {
      throw new ConfigurationError(`${name}_FILE cannot be read: ${(error as Error).message}`)
    }
  }
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name]
  return merged
}

export function readConfig(env: Record<string, string | undefined>, mode: Mode): Config {
  const parsed = environment.safeParse(withFiles(env))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigurationError(
      `The configuration is not usable.\n  ${problems.join('\n  ')}\nSee docs/operating/configuration.md.`,
    )
  }
  const value = parsed.data
  if (mode === 'sandbox' && value.TENANTRY_INVOICE_SCHEDULE === 'automatic')
    throw new ConfigurationError(
      'TENANTRY_INVOICE_SCHEDULE=automatic is for `tenantry serve`; in a sandbox invoices run when the operator asks for them.',
    )
  return {
    mode,
    dataDir: value.TENANTRY_DATA_DIR,
    host: value.TENANTRY_HOST,
    port: value.TENANTRY_PORT,
    baseUrl: value.TENANTRY_BASE_URL?.replace(/\/$/, ''),
    databaseUrl: value.DATABASE_URL,
    smtpUrl: value.SMTP_URL,
    mailFrom: value.TENANTRY_MAIL_FROM,
    domainSuffix: value.TENANTRY_DOMAIN_SUFFIX,
    dnsServers: value.TENANTRY_DNS_SERVERS,
    mauEffectiveFrom: new Date(value.TENANTRY_MAU_EFFECTIVE_FROM),
    graceHours: value.TENANTRY_GRACE_HOURS,
    transferExpiryDays: value.TENANTRY_TRANSFER_EXPIRY_DAYS,
    overdueDisableDays: value.TENANTRY_OVERDUE_DISABLE_DAYS,
    invoiceSchedule: value.TENANTRY_INVOICE_SCHEDULE ?? (mode === 'serve' ? 'automatic' : 'manual'),
    billingRolesEdition: value.TENANTRY_BILLING_ROLES,
    exemptIdentityLinksFromPolicy: value.TENANTRY_EXEMPT_IDENTITY_LINKS,
    allowsPrivateIssuers: value.TENANTRY_PRIVATE_ISSUERS,
    logLevel: value.TENANTRY_LOG_LEVEL,
    rateLimit: (value.TENANTRY_RATE_LIMIT ?? (mode === 'serve' ? 'on' : 'off')) === 'on',
    postgresSettings: value.TENANTRY_POSTGRES_SHARED_BUFFERS
      ? { shared_buffers: value.TENANTRY_POSTGRES_SHARED_BUFFERS }
      : {},
  }
}
