/** The shapes that are served have been the same in these editions. */
export const apiVersions = ['2021-10-01', '2019-10-01', '2023-05-01', '2023-11-01'] as const

/** The members of a comma list, without case. */
export const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
