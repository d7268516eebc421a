import { invalid } from '../refusal.ts'

const shortest = 8
const longest = 256

/** Length is what makes a password strong; the upper bound keeps hashing it cheap. */
export function checkPassword(password: string): string {
  if (password.length >= shortest && password.length <= longest) return password
  throw invalid(
    'Request_BadRequest',
    `The specified password does not comply with password complexity requirements: ${shortest} to ${longest} characters. Please provide a different password.`,
    'passwordProfile',
  )
}
