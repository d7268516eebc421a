import { invalid } from '../refusal.ts'

export type Tags = Readonly<Record<string, string>>

const limits = { count: 50, name: 512, value: 256 } as const
const forbidden = /[<>%&\\?/]/

/** Names compare without case, values with it; a name may not come twice. */
export function checkTags(tags: Tags): Tags {
  const names = Object.keys(tags)
  if (names.length > limits.count)
    throw invalid(
      'InvalidTagNumber',
      `There are ${names.length} tags; at most ${limits.count} are allowed on one resource or group.`,
      'tags',
    )
  const seen = new Map<string, string>()
  for (const name of names) {
    if (name === '' || name.length > limits.name || forbidden.test(name))
      throw invalid(
        'InvalidTagName',
        `The tag name '${name}' must have 1 to ${limits.name} characters and none of <>%&\\?/.`,
        'tags',
      )
    if ((tags[name] ?? '').length > limits.value)
      throw invalid(
        'InvalidTagValueLength',
        `The value of tag '${name}' is longer than ${limits.value} characters.`,
        'tags',
      )
    const earlier = seen.get(name.toLowerCase())
    if (earlier !== undefined)
      throw invalid(
        'DuplicateTagNames',
        `The tags '${earlier}' and '${name}' differ only in case; tag names compare without it.`,
        'tags',
      )
    seen.set(name.toLowerCase(), name)
  }
  return tags
}

/** `Merge` adds and overwrites, `Replace` leaves nothing else, `Delete` removes those that have the given value. */
export function applyTags(current: Tags, operation: 'Merge' | 'Replace' | 'Delete', given: Tags): Tags {
  if (operation === 'Replace') return checkTags(given)
  const byKey = new Map(Object.entries(current).map(([name, value]) => [name.toLowerCase(), { name, value }]))
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase()
    if (operation === 'Merge') byKey.set(key, { name, value })
    else if (byKey.get(key)?.value === value) byKey.delete(key)
  }
  return checkTags(Object.fromEntries([...byKey.values()].map((tag) => [tag.name, tag.value])))
}
