import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityScenario, signIn, tenantId, toFile } from './identity-scenario.ts'
import { type Ended, newFolder, run, type Started, start } from './process.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let server: Started
let env: Record<string, string>
let saved: Record<string, string>

const inFolder = (name: string): string => join(folder.path, name)

async function play(name: string, lines: readonly unknown[], options: readonly string[] = []): Promise<Ended> {
  const file = inFolder(name)
  await writeFile(file, typeof lines[0] === 'string' ? lines.join('\n') : toFile(lines))
  return run(['replay', file, ...options], env)
}

beforeAll(async () => {
  folder = await newFolder()
  env = { TENANTRY_DATA_DIR: inFolder('data') }
  server = start(['serve', '--sandbox'], env)
  await server.untilSaid('Serving at')
  const { code, stdout, stderr } = await play('identity.scenario.jsonl', identityScenario, ['--json'])
  if (code !== 0) throw new Error(stderr)
  saved = (JSON.parse(stdout) as [{ saved: Record<string, string> }])[0].saved
  env = { ...env, TENANTRY_TENANT_ID: tenantId, TENANTRY_CLIENT_ID: saved.appId ?? '' }
  env.TENANTRY_CLIENT_SECRET = saved.secret ?? ''
})

afterAll(async () => {
  server.signal('SIGTERM')
  await server.ended
  await folder.remove()
})

describe('replay', () => {
  const readTenant = `GET /providers/Tenantry.Directory/tenants/${tenantId}?api-version=2026-11-01`

  test('plays a scenario against the server of the data directory and says how many requests it sent', async () => {
    const { code, stdout } = await play('again.scenario.jsonl', [
      { do: readTenant },
      { note: 'over' },
      { do: readTenant },
    ])

    expect(code).toBe(0)
    expect(stdout).toContain('2 requests played, all as expected')
  })

  test('an expectation that is not met ends it with exit code 1 and names file, line, place and answer', async () => {
    const { code, stderr } = await play('wrong.scenario.jsonl', [
      '',
      JSON.stringify({ do: readTenant }),
      '',
      JSON.stringify({ do: readTenant, expect: { status: 200, body: { properties: { countryCode: 'NO' } } } }),
      JSON.stringify({ do: 'DELETE /never/sent' }),
    ])

    expect(code).toBe(1)
    expect(stderr).toContain('wrong.scenario.jsonl: line 4: $.properties.countryCode is "SE" instead of "NO"')
    expect(stderr).toContain('answered 200')
  })

  test('a request that is refused without being expected to ends it', async () => {
    const { code, stderr } = await play('refused.scenario.jsonl', [{ do: 'GET /nowhere' }])

    expect(code).toBe(1)
    expect(stderr).toContain('line 1: expected success, but GET /nowhere answered 404')
  })

  test('what was saved is substituted in paths, bodies and expectations, with its type', async () => {
    const { code, stdout, stderr } = await play(
      'save.scenario.jsonl',
      [
        { do: readTenant, save: { name: 'properties.displayName', whole: '$' } },
        {
          do: readTenant,
          expect: { body: { properties: { displayName: '${name}' } } },
        },
        { do: readTenant, expect: { body: '${whole}' } },
      ],
      ['--json'],
    )

    expect(stderr).not.toContain('line')
    expect(code).toBe(0)
    const [{ saved: names }] = JSON.parse(stdout) as [{ saved: Record<string, unknown> }]
    expect(names).toMatchObject({ name: 'Contoso customers', whole: { properties: { kind: 'identity' } } })
  })

  test('a name that nobody saved and a principal that nobody introduced are told with their line', async () => {
    const unsaved = await play('unsaved.scenario.jsonl', [{ do: 'GET /${nothing}' }])
    const unknown = await play('unknown.scenario.jsonl', [{ as: 'eve', do: readTenant }])

    expect(unsaved).toMatchObject({ code: 1 })
    expect(unsaved.stderr).toContain("line 1: nothing was saved as 'nothing' before this line")
    expect(unknown).toMatchObject({ code: 1 })
    expect(unknown.stderr).toContain("nobody is called 'eve'")
  })

  test('an expected list is a subset in order: items may stand between, but neither lack nor change places', async () => {
    const users = 'GET /v1.0/users?$select=displayName'
    const create = (displayName: string): object => ({
      as: 'ada',
      do: 'POST /v1.0/users',
      body: {
        accountEnabled: true,
        displayName,
        mailNickname: displayName,
        userPrincipalName: `${displayName}@contosocustomers.onmicrosoft.com`,
        passwordProfile: { password: 'correct horse battery' },
      },
      save: { [displayName]: 'id' },
    })
    const ada = { principal: { name: 'ada', tenantId, userId: saved.administrator } }
    const first = await play(
      'list.scenario.jsonl',
      [ada, create('bo'), create('cy'), { as: 'ada', do: users, save: { list: 'value' } }],
      ['--json'],
    )
    expect(first.stderr).not.toContain('line')
    const [{ saved: names }] = JSON.parse(first.stdout) as [{ saved: { list: { displayName: string }[] } }]
    const inOrder = names.list.map(({ displayName }) => ({ displayName }))
    expect(inOrder.length).toBeGreaterThanOrEqual(3)
    const expecting = (value: unknown): Promise<Ended> =>
      play('subset.scenario.jsonl', [ada, { as: 'ada', do: users, expect: { body: { value } } }])

    expect(await expecting([inOrder[0], inOrder[2]])).toMatchObject({ code: 0 })
    const swapped = await expecting([inOrder[2], inOrder[0]])
    expect(swapped).toMatchObject({ code: 1 })
    expect(swapped.stderr).toContain('line 2: $.value has no item like expected item 1')
    expect(await expecting([])).toMatchObject({ code: 1 })
  })

  test('a line that is no scenario line is refused before anything is sent', async () => {
    const { code, stderr } = await play('broken.scenario.jsonl', [
      JSON.stringify({ do: readTenant }),
      JSON.stringify({ do: 'FETCH /', exepct: {} }),
    ])

    expect(code).toBe(1)
    expect(stderr).toContain('line 2: ')
    expect(stderr).toContain('exepct')
  })

  test('the clock goes forward only', async () => {
    const { code, stderr } = await play('past.scenario.jsonl', [{ at: '2019-01-01T00:00:00Z', do: readTenant }])

    expect(code).toBe(1)
    expect(stderr).toContain('line 1: the clock was not set to 2019-01-01T00:00:00Z')
  })
})

describe('import', () => {
  test('takes what is right, tells the wrong lines with their numbers, and ends with exit code 1', async () => {
    const file = inFolder('mixed.ndjson')
    const lines = [
      JSON.stringify(signIn('mixed-1', 'ada')),
      'not json at all',
      '',
      JSON.stringify(signIn('mixed-2', 'bo', { time: 'yesterday' })),
      JSON.stringify(signIn('mixed-3', 'cy')),
      JSON.stringify(signIn('mixed-4', 'di', { data: { tenantId: crypto.randomUUID(), kind: 'interactiveSignIn' } })),
      JSON.stringify(signIn('mixed-3', 'cy')),
      JSON.stringify(signIn('mixed-1', 'somebody else')),
    ]
    await writeFile(file, Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.from([0xff, 0xfe, 0x0a])]))
    const rejected = inFolder('rejected.ndjson')
    const { code, stdout, stderr } = await run(['import', file, '--rejected', rejected], env)

    expect(stdout.trim()).toBe('2 accepted, 1 duplicate, 1 conflict, 4 rejected')
    expect(code).toBe(1)
    expect(stderr).toContain('line 2: InvalidJson:')
    expect(stderr).toContain('line 4: InvalidEvent: The attribute time must be an RFC 3339 date-time')
    expect(stderr).toContain('line 6: AuthorizationFailed:')
    expect(stderr).toContain('line 9: UnreadableLine: This is not UTF-8')
    const written = (await readFile(rejected, 'utf8')).trim().split('\n')
    const told = written.map((line) => JSON.parse(line) as { lineNumber: number; status: string; original: string })
    expect(told.map(({ lineNumber }) => lineNumber).toSorted((left, right) => left - right)).toEqual([2, 4, 6, 8, 9])
    expect(told.find(({ lineNumber }) => lineNumber === 8)).toMatchObject({ status: 'conflict', original: lines[7] })
  })

  test('DEC-27: is safe to repeat: the second time all are duplicates, which is no failure', async () => {
    const file = inFolder('twice.ndjson')
    const lines = Array.from({ length: 12_000 }, (_, index) =>
      JSON.stringify(signIn(`twice-${index}`, `user ${index % 700}`)),
    )
    await writeFile(file, lines.join('\n'))

    const first = await run(['import', file, '--json'], env)
    const second = await run(['import', file, '--json'], env)

    expect(first.code).toBe(0)
    expect(JSON.parse(first.stdout)).toEqual({ accepted: 12_000, duplicate: 0, conflict: 0, rejected: 0 })
    expect(second.code).toBe(0)
    expect(JSON.parse(second.stdout)).toEqual({ accepted: 0, duplicate: 12_000, conflict: 0, rejected: 0 })
    expect(first.stderr).toContain('100 % of')
  })

  test('reads a JSON array of events over several lines, and names the line where a wrong one begins', async () => {
    const file = inFolder('array.json')
    await writeFile(
      file,
      `\ufeff${JSON.stringify([signIn('array-1', 'ada'), signIn('array-2', '} ], "quoted\\" ['), signIn('array-3', '')], null, 2)}`,
    )
    const { stdout, stderr } = await run(['import', file], env)

    expect(stdout.trim()).toBe('2 accepted, 0 duplicate, 0 conflict, 1 rejected')
    expect(stderr).toContain('line 26: InvalidEvent: The attribute subject must not be empty')
  })

  test('reads CSV with the attributes as columns, also from standard input', async () => {
    const csv = [
      'id,source,type,time,subject,tenantId,kind',
      `csv-1,/sign-ins,tenantry.authentication.v1,2026-03-01T07:00:00Z,"Ada, the first",${tenantId},interactiveSignIn`,
      `csv-2,/sign-ins,tenantry.authentication.v1,2026-03-01T07:00:00Z,"over`,
      `two lines",${tenantId},interactiveSignIn`,
      `csv-3,/sign-ins,tenantry.authentication.v1,,bo,${tenantId},interactiveSignIn`,
      `csv-4,/sign-ins,tenantry.authentication.v1,2026-03-01T07:00:00Z,cy,${tenantId},interactiveSignIn,one cell too many`,
      `csv-5,/sign-ins,tenantry.authentication.v1,2026-03-01T07:00:00Z,cy,${tenantId},interactiveSignIn`,
    ].join('\r\n')
    const { code, stdout, stderr } = await run(['import', '-', '--format', 'csv'], env, csv)

    expect(stdout.trim()).toBe('3 accepted, 0 duplicate, 0 conflict, 2 rejected')
    expect(code).toBe(1)
    expect(stderr).toContain('line 5: InvalidEvent: The attribute time must be')
    expect(stderr).toContain('line 6: UnreadableLine: There are 8 cells for 7 columns.')
  })

  test('CSV without the columns that every event has is refused as a whole', async () => {
    const { code, stderr } = await run(['import', '-', '--format', 'csv'], env, 'id,time\n1,2026-03-01T07:00:00Z\n')

    expect(code).toBe(2)
    expect(stderr).toContain('source, type is missing')
  })

  test('reaches a named server with its CA, and says so when the credentials are wrong', async () => {
    const { baseUrl } = JSON.parse(await readFile(inFolder('data/server.json'), 'utf8')) as { baseUrl: string }
    const elsewhere = { ...env, TENANTRY_DATA_DIR: inFolder('elsewhere') }
    const named = ['import', '-', '--server', baseUrl, '--ca', inFolder('data/ca.pem')]

    const sent = await run(named, elsewhere, JSON.stringify(signIn('named-1', 'ada')))
    const wrong = await run(
      [...named, '--client-secret', 'guessed'],
      elsewhere,
      JSON.stringify(signIn('named-2', 'ada')),
    )

    expect(sent.stdout.trim()).toBe('1 accepted, 0 duplicate, 0 conflict, 0 rejected')
    expect(sent.code).toBe(0)
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('no token was given')
    expect(wrong.stderr).not.toContain('    at ')
    expect(wrong.stderr).not.toContain(saved.secret)
  })
})

describe('audit', () => {
  test('D11: audits the database of a running server; clean is exit code 0', async () => {
    const { code, stdout } = await run(['audit', '--json'], env)

    expect(JSON.parse(stdout)).toMatchObject({ isClean: true })
    expect(code).toBe(0)
  })
})
