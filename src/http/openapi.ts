import { z } from 'zod'
import type { OperationSpec } from './operation.ts'

/** What this server serves, made of the table it routes by, so the two cannot differ. */
export function openApiDocument(operations: readonly OperationSpec[], baseUrl: string): unknown {
  const seen = new Map<string, number>()
  for (const { id } of operations) seen.set(id, (seen.get(id) ?? 0) + 1)
  // Azure's ids are unique in one namespace only; a document of many needs them apart.
  const idOf = (operation: OperationSpec): string =>
    seen.get(operation.id) === 1 ? operation.id : `${namespaceOf(operation.path)}.${operation.id}`
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = operation.path.replace('{path*}', '{path}')
    paths[path] ??= {}
    const method = operation.method.toLowerCase()
    const entry = paths[path]
    // Two versions of one operation share path and method; OpenAPI has room for one, and the versions are listed in it.
    const previous = entry[method] as { 'x-tenantry-operations'?: unknown[] } | undefined
    if (previous)
      previous['x-tenantry-operations'] = [
        ...(previous['x-tenantry-operations'] ?? []),
        operationObject(operation, idOf(operation)),
      ]
    else entry[method] = operationObject(operation, idOf(operation))
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenantry',
      version: '0.1.0',
      description: 'Who used what, in which tenant, and who pays for it. Not affiliated with Microsoft.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: baseUrl }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: {
                code: { type: 'string' },
                message: { type: 'string' },
                target: { type: 'string' },
                details: { type: 'array', items: { type: 'object' } },
              },
            },
          },
        },
      },
    },
  }
}

function operationObject(operation: OperationSpec, operationId: string): Record<string, unknown> {
  const versions = operation.apiVersions
  const parameters = [
    ...[...operation.path.matchAll(/\{([^}*]+)\*?\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(versions === 'none'
      ? []
      : [
          {
            name: 'api-version',
            in: 'query',
            required: operation.apiVersionOptional !== true,
            schema:
              versions === 'any'
                ? { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}(-preview)?$' }
                : { type: 'string', enum: versions },
          },
        ]),
    ...Object.entries(operation.query ?? {})
      .filter(([, use]) => use !== 'unsupported')
      .map(([name, use]) => ({ name, in: 'query', required: use === 'required', schema: { type: 'string' } })),
  ]
  return {
    operationId,
    summary: operation.summary,
    'x-tenantry-permission': operation.permission,
    ...(operation.errorShape === 'page' ? { 'x-tenantry-answer': 'page' } : {}),
    security: operation.authentication === 'anonymous' ? [] : [{ bearer: [] }],
    parameters,
    ...(operation.body
      ? { requestBody: { content: { 'application/json': { schema: jsonSchemaOf(operation.body) } } } }
      : {}),
    responses: {
      ...Object.fromEntries(operation.statuses.map((status) => [String(status), { description: 'Success' }])),
      default: {
        description: 'Refused; the message says what to do next.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

/** The namespace that the last `/providers/` of a path names, or its first literal. */
export function namespaceOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const index = segments.lastIndexOf('providers')
  return (index >= 0 ? segments[index + 1] : segments.find((segment) => !segment.startsWith('{'))) ?? ''
}

function jsonSchemaOf(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
