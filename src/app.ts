import { mkdir, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import pino from 'pino'
import { writeFileAtomically } from './adapters/atomic-file.ts'
import { createMailer } from './adapters/mail.ts'
import { openDns } from './adapters/dns.ts'
import { openOutsideIssuers } from './adapters/outside-issuers.ts'
import { systemRandom } from './adapters/random.ts'
import { systemTimers } from './adapters/timers.ts'
import { ensureServerCertificate } from './adapters/tls.ts'
import { wallClock } from './adapters/wall-clock.ts'
import { startDatabase } from './app/database.ts'
import { openDocumentRenderer } from './app/document-renderer.ts'
import { openSealingKey, openSigner } from './app/keys.ts'
import { callerOf, operatorClaims, repeatKeyOf } from './app/request-facts.ts'
import type { Config } from './config/config.ts'
import type { Caller } from './domain/access/caller.ts'
import { Authenticator, issuerOf, type TokenClaims } from './http/authentication.ts'
import type { DispatcherPorts } from './http/dispatcher.ts'
import { createMetrics, healthPlugin } from './http/health.ts'
import { loggedAddress } from './http/logged-address.ts'
import { openApiDocument } from './http/openapi.ts'
import { configurePaging } from './http/paging.ts'
import { armRateLimits, RateLimiter } from './http/rate-limit.ts'
import { RoutingTable } from './http/routing-table.ts'
import { closeServer, createServer, replaceCertificate } from './http/server.ts'
import { requestDueInvoiceRun } from './jobs/due-invoice-run.ts'
import { runDueWork, runDueWorkByTheClock } from './jobs/due-work.ts'
import { startWorkLoop } from './jobs/work-loop.ts'
import { invoiceRunWorkers } from './jobs/invoice-run.ts'
import { longRunningWorkers } from './jobs/long-running-workers.ts'
import type { OperationContext, OperationEnvironment } from './operations/context.ts'
import { appendEvents, reportableBy } from './operations/append-events.ts'
import { ensureOperator, type OperatorCredentials } from './operations/ensure-operator.ts'
import { forgetOldAnswers } from './operations/forget-old-answers.ts'
import { forgetOldSendings } from './operations/limit-invitations.ts'
import { runNextLongRunning } from './operations/long-running.ts'
import { installShippedPriceLists } from './operations/publish-prices.ts'
import { forgetOldSignIns } from './operations/sign-in-session.ts'
import { runRequest } from './operations/run-request.ts'
import { sendNextMail } from './operations/send-mail.ts'
import { allOperations } from './providers/all.ts'
import { eventsPlugin } from './providers/events/events.routes.ts'
import { type Db, openDatabase } from './store/db.ts'
import { countOpenLongRunningOperations } from './store/long-running-operation.ts'
import { refusalOfLostDatabase } from './store/lost-database.ts'
import { migrate } from './store/migrate.ts'
import { establishSetting } from './store/platform-setting.ts'
import { findSandboxClock, readSandboxClock } from './store/sandbox-clock.ts'
import { createPostgresUsageStore } from './usage/postgres/postgres-usage-store.ts'

export interface RunningTenantry {
  readonly baseUrl: string
  readonly caFile: string
  readonly operator: OperatorCredentials
  readonly app: FastifyInstance
  readonly db: Db
  readonly pool: pg.Pool
  /** How to reach the database; for the audit, which has its own connection and code. */
  readonly databaseUrl: string
  readonly embeddedPid: number | undefined
  /** Refuses new requests, finishes those in hand, then stops the database. */
  stop(): Promise<void>
  /** Settles when the embedded database ended without being asked to. */
  readonly databaseLost: Promise<void>
}

export interface StartOptions {
  readonly onProgress?: (step: string) => void
  readonly logFile?: string
}

/** What takes longer than this to be answered is cut off, so that the process ends within ten seconds of being asked. */
const closingPatienceMs = 7000
const mailPatienceMs = 2000

export async function startTenantry(config: Config, options: StartOptions = {}): Promise<RunningTenantry> {
  const progress = options.onProgress ?? (() => undefined)
  const dataDir = resolve(config.dataDir)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const log = pino(
    { level: config.logLevel, redact: ['headers.authorization', '*.clientSecret', '*.secretText'] },
    pino.destination({ dest: options.logFile ?? 2, sync: false, mkdir: true }),
  )
  const timers = systemTimers((error) => log.error({ err: error }, 'a timer failed'))

  const embedded = await startDatabase(config, dataDir, progress, (line) => log.info(line), timers.sleep)
  const poolConfig = embedded ? embedded.poolConfig : { connectionString: config.databaseUrl }
  const databaseUrl = embedded ? embedded.connectionString : (config.databaseUrl ?? '')
  const database = openDatabase(poolConfig)
  const closers: (() => Promise<void>)[] = [async () => embedded?.stop(), () => database.close()]
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close()
  }
  try {
    progress('Preparing the schema')
    await migrate(database.pool, wallClock.now())
    const { db } = database
    let baseUrl = config.baseUrl ?? ''
    const signer = await openSigner(db)
    const operatorFile = join(dataDir, 'operator.json')
    const kept = await readFile(operatorFile, 'utf8').then(
      (text) => JSON.parse(text) as OperatorCredentials,
      () => undefined,
    )
    const operator = await ensureOperator(db, systemRandom, config, wallClock.now(), kept)
    if (operator !== kept) await writeFileAtomically(operatorFile, `${JSON.stringify(operator, null, 2)}\n`, 0o600)
    await installShippedPriceLists(db, wallClock.now())
    configurePaging(Buffer.from(await establishSetting(db, 'paging-key', systemRandom.secret()), 'base64url'))

    const readBusinessTime = async (scope: Db): Promise<Date> =>
      (config.mode === 'sandbox' ? await findSandboxClock(scope) : undefined) ?? wallClock.now()
    const issuersOf = (tenantId: string, homeTenantId: string | undefined) => ({
      issuer: issuerOf(baseUrl, tenantId),
      homeIssuer: homeTenantId === undefined || homeTenantId === tenantId ? undefined : issuerOf(baseUrl, homeTenantId),
    })
    const environment: OperationEnvironment = {
      usage: createPostgresUsageStore({
        pool: database.pool,
        now: async (run) => (config.mode === 'sandbox' ? await readSandboxClock(run) : undefined) ?? wallClock.now(),
      }),
      renderDocument: await openDocumentRenderer(),
      outsideIssuers: openOutsideIssuers(config.allowsPrivateIssuers),
      findTextRecords: openDns(config.dnsServers),
      random: systemRandom,
      wallClock,
      sealingKey: await openSealingKey(dataDir),
      settings: {
        domainSuffix: config.domainSuffix,
        mauEffectiveFrom: config.mauEffectiveFrom,
        graceHours: config.graceHours,
        transferExpiryDays: config.transferExpiryDays,
        overdueDisableDays: config.overdueDisableDays,
        isSandbox: config.mode === 'sandbox',
        billingRolesEdition: config.billingRolesEdition,
        exemptIdentityLinksFromPolicy: config.exemptIdentityLinksFromPolicy,
        get baseUrl() {
          return baseUrl
        },
      },
      signStatement: (type, claims) => signer.signStatement(type, claims),
      issueToken: (claims) => signer.sign({ ...claims, ...issuersOf(claims.tenantId, claims.homeTenantId) }),
      issueIdToken: (claims) => signer.signIdToken({ ...claims, ...issuersOf(claims.tenantId, claims.homeTenantId) }),
    }
    const contextFor = async (scope: Db, caller: Caller, correlationId: string): Promise<OperationContext> => ({
      ...environment,
      db: scope,
      caller,
      now: await readBusinessTime(scope),
      correlationId,
    })
    const findCaller = (scope: Db, claims: Omit<TokenClaims, 'isApplication'>) => callerOf(scope, claims, operator)

    const onWorkFailure = (error: unknown): void => log.error({ err: error }, 'a long-running operation failed')
    const workers = new Map([...longRunningWorkers, ...invoiceRunWorkers(db)])
    const worker = startWorkLoop(
      timers,
      () =>
        runNextLongRunning(
          db,
          workers,
          async (scope, operation) => {
            const claims = { tenantId: operation.tenantId, objectId: operation.principalId, appId: '' }
            const caller = await findCaller(scope, claims)
            if (!caller) throw new Error('who asked for this operation is no longer in the directory')
            return contextFor(scope, caller, operation.id)
          },
          readBusinessTime,
          onWorkFailure,
        ),
      onWorkFailure,
    )
    closers.push(() => worker.stop())

    const table = new RoutingTable<OperationContext>(
      allOperations({
        login: { publicKeys: () => signer.publicJwks },
        runDueWork,
        isSandbox: config.mode === 'sandbox',
      }),
    )
    const metrics = createMetrics(() => countOpenLongRunningOperations(db))
    const authenticator = new Authenticator({
      clock: wallClock,
      baseUrl: () => baseUrl,
      findKey: async (keyId) => signer.findKey(keyId),
      findCaller: (claims) => whileReachable(() => findCaller(db, claims)),
    })
    const onFailure: DispatcherPorts<OperationContext>['onFailure'] = (error, request) =>
      log.error({ err: error, ...request, url: loggedAddress(request.url) }, 'a request failed')
    const ports: DispatcherPorts<OperationContext> = {
      table,
      authenticator,
      rateLimiter: new RateLimiter(armRateLimits, wallClock, config.rateLimit),
      clock: wallClock,
      random: systemRandom,
      baseUrl: () => baseUrl,
      async run(request, handle) {
        const wanted = {
          isWrite: request.spec.isWrite ?? (request.method !== 'GET' && request.method !== 'HEAD'),
          caller: request.caller,
          correlationId: request.correlationId,
          repeatKey: repeatKeyOf(request),
        }
        const answer = await whileReachable(() => runRequest(environment, db, readBusinessTime, wanted, handle))
        if (answer.status === 202) worker.wake()
        return answer
      },
      onFailure,
      onAnswered: metrics.countAnswer,
    }
    progress('Starting the server')
    const hostNames = [config.host, ...(config.baseUrl ? [new URL(config.baseUrl).hostname] : [])].filter(
      (name) => name !== '0.0.0.0' && name !== '::',
    )
    const certificate = await ensureServerCertificate({ dataDir, hostNames, clock: wallClock, random: systemRandom })
    const app = createServer({
      tls: { key: certificate.keyPem, cert: certificate.certPem },
      ports,
      clock: wallClock,
      random: systemRandom,
      onFailure,
      plugins: [
        eventsPlugin({
          authenticate: (authorization) => authenticator.authenticate(authorization),
          append: async (caller, items) =>
            whileReachable(() =>
              appendEvents(
                environment.usage,
                { tenantId: caller.tenantId, principalId: caller.objectId },
                items,
                reportableBy({ db, caller, readNow: () => readBusinessTime(db) }),
              ),
            ),
          onAnswered: metrics.countAnswer,
          random: systemRandom,
        }),
        healthPlugin({
          metrics,
          checkReady: async () => void (await database.pool.query('select 1')),
          openApi: () => openApiDocument(table.operations, baseUrl),
        }),
      ],
    })
    closers.push(() => closeServer(app, timers, closingPatienceMs))
    await app.listen({ host: config.host, port: config.port })
    const { port } = app.server.address() as AddressInfo
    baseUrl ||= `https://${config.host === '127.0.0.1' || config.host === '0.0.0.0' ? 'localhost' : config.host}:${port}`
    await writeFileAtomically(
      join(dataDir, 'server.json'),
      `${JSON.stringify({ baseUrl, mode: config.mode })}\n`,
      0o600,
    )
    log.info({ baseUrl, mode: config.mode }, 'serving')
    if (config.smtpUrl !== undefined) {
      const sending = {
        db,
        clock: wallClock,
        key: environment.sealingKey,
        mailer: createMailer({
          url: config.smtpUrl,
          from: config.mailFrom ?? `no-reply@${new URL(baseUrl).hostname}`,
        }),
        onFailed: (message: { id: string; kind: string; reason: string }) =>
          log.warn(message, 'a message was not delivered; see outboxMessages'),
      }
      const mail = startWorkLoop(
        timers,
        () => sendNextMail(sending),
        (error) => log.error({ err: error }, 'sending mail failed'),
      )
      // What a silent server keeps is sent again by the next process.
      closers.push(() => Promise.race([mail.stop(), timers.sleep(mailPatienceMs)]))
    }
    const daily = timers.every(24 * 3_600_000, async () => {
      const renewed = await ensureServerCertificate({ dataDir, hostNames, clock: wallClock, random: systemRandom })
      if (renewed.certPem !== certificate.certPem)
        replaceCertificate(app, { key: renewed.keyPem, cert: renewed.certPem })
      await forgetOldAnswers(db, await readBusinessTime(db))
      await forgetOldSignIns(db, wallClock.now())
      await forgetOldSendings(db, wallClock.now())
    })
    closers.push(async () => daily.stop())
    // In a sandbox what falls due runs when its clock is set; the real clock has to be looked at.
    if (config.mode === 'serve') {
      const due = timers.every(60_000, async () => {
        const caller = await findCaller(db, await operatorClaims(db, operator))
        if (!caller) return
        const asOperator = (scope: Db) => contextFor(scope, caller, systemRandom.uuid())
        await runDueWorkByTheClock(
          (run) => db.transaction().execute(async (scope) => run(await asOperator(scope))),
          (error) => log.error({ err: error }, 'due work failed'),
        )
        if (config.invoiceSchedule !== 'automatic') return
        const run = await db.transaction().execute(async (scope) => requestDueInvoiceRun(await asOperator(scope)))
        if (run.kind === 'requested') worker.wake()
        if (run.kind === 'refused') log.warn(run, 'the invoices of a closed month are not issued')
      })
      closers.push(async () => due.stop())
    }
    let stopping: Promise<void> | undefined
    return {
      baseUrl,
      caFile: join(dataDir, 'ca.pem'),
      operator,
      app,
      db,
      pool: database.pool,
      databaseUrl,
      embeddedPid: embedded?.pid,
      databaseLost: embedded ? embedded.exited.then(() => undefined) : new Promise(() => undefined),
      stop: () => (stopping ??= closeAll()),
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function whileReachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusalOfLostDatabase(error) ?? error
  }
}
