const dataMembers = new Map(
  ['tenantId', 'kind', 'userType', 'outcome', 'meterId', 'quantity', 'usageStart', 'usageEnd', 'location'].map(
    (name) => [name.toLowerCase(), name],
  ),
)

/**
 * A row of CSV as a CloudEvent. Columns are the attributes (`id`, `source`, `type`, `time`, `subject` …) and the members
 * of `data`, as `data.meterId` or bare; `tags.NAME` is a tag, and `data` may also be one column of JSON. Empty cells
 * are left out.
 */
export function eventTextOf(
  columns: readonly string[],
  record: readonly string[],
): { readonly text: string } | { readonly problem: string } {
  const event: Record<string, unknown> = { specversion: '1.0' }
  let data: Record<string, unknown> = {}
  const tags: Record<string, string> = {}
  for (const [index, column] of columns.entries()) {
    const cell = record[index] ?? ''
    if (cell === '' || column === '') continue
    if (column === 'data') {
      const parsed = parseObject(cell)
      if (!parsed) return { problem: "The cell 'data' must be a JSON object." }
      data = { ...parsed, ...data }
      continue
    }
    const tag = /^(?:data\.)?tags\.(.+)$/.exec(column)?.[1]
    const member = /^data\.(.+)$/.exec(column)?.[1] ?? dataMembers.get(column.toLowerCase())
    if (tag !== undefined) tags[tag] = cell
    else if (member !== undefined) data[dataMembers.get(member.toLowerCase()) ?? member] = cell
    else event[column] = cell
  }
  if (Object.keys(tags).length > 0) data.tags = { ...(data.tags as object | undefined), ...tags }
  return { text: JSON.stringify({ ...event, data }) }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
