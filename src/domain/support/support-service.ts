export interface ProblemClassification {
  readonly name: string
  readonly displayName: string
}

/** What a support request can be filed under. */
export interface SupportService {
  readonly name: string
  readonly displayName: string
  readonly resourceTypes: readonly string[]
  readonly problemClassifications: readonly ProblemClassification[]
}

const id = (serial: number): string => `7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6d${serial.toString(16).padStart(2, '0')}`
const define = (
  serial: number,
  displayName: string,
  resourceTypes: readonly string[],
  problems: readonly string[],
): SupportService => ({
  name: id(serial * 16),
  displayName,
  resourceTypes,
  problemClassifications: problems.map((problem, index) => ({
    name: id(serial * 16 + index + 1),
    displayName: problem,
  })),
})

export const supportServices: readonly SupportService[] = [
  define(1, 'Billing', [], ['An invoice is wrong', 'Payment', 'Change of payer', 'Another question']),
  define(
    2,
    'Subscription management',
    ['Microsoft.Resources/subscriptions'],
    ['Cancel or enable again', 'Change of directory', 'Access', 'Another question'],
  ),
  define(3, 'Directory', [], ['Sign-in', 'Guests', 'Domains', 'Another question']),
  define(
    4,
    'Identity tenants',
    ['Microsoft.AzureActiveDirectory/b2cDirectories', 'Microsoft.AzureActiveDirectory/guestUsages'],
    ['Link and billing model', 'Counted users', 'Another question'],
  ),
  define(
    5,
    'Stacks',
    ['Microsoft.AzureStack/registrations'],
    ['Registration', 'Usage that is missing', 'Another question'],
  ),
  define(6, 'Resources', [], ['Move', 'Policy', 'Another question']),
]

export const findSupportService = (name: string): SupportService | undefined =>
  supportServices.find((candidate) => candidate.name === name.toLowerCase())

export const findProblem = (service: SupportService | undefined, name: string): ProblemClassification | undefined =>
  service?.problemClassifications.find((problem) => problem.name === name.toLowerCase())
