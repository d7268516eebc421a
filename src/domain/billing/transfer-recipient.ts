export interface RecipientFacts {
  readonly homeTenantId: string
  readonly userPrincipalName: string
  readonly mail: string | null
  /** The tenant in which the domain of the mail address is verified, if it is in any. */
  readonly mailDomainTenantId: string | null
}

/**
 * The addresses by which a person can be named as recipient, in lower case (OWN-1). An address at a domain that some
 * tenant has verified reaches people of that tenant only: anybody else's administrator could write it into an account.
 */
export function mayReceiveAt(facts: RecipientFacts): readonly string[] {
  const isOwnDomain = facts.mailDomainTenantId === null || facts.mailDomainTenantId === facts.homeTenantId
  const addresses = [facts.userPrincipalName, ...(facts.mail !== null && isOwnDomain ? [facts.mail] : [])]
  return [...new Set(addresses.map((address) => address.toLowerCase()))]
}
