import { invalid } from '../domain/refusal.ts'
import { violatedConstraint } from '../store/db.ts'

const properties: Readonly<Record<string, string>> = {
  user_account_upn: 'userPrincipalName',
  user_identity_name: 'identities',
  service_principal_app: 'appId',
}

/** What the database keeps unique, as Graph refuses it; `next` says what can be done. */
export async function refusingDuplicates(
  write: () => Promise<void>,
  next: (property: string) => string = () => 'Choose another value.',
): Promise<void> {
  try {
    await write()
  } catch (error) {
    const property = properties[violatedConstraint(error)?.constraint ?? '']
    if (property === undefined) throw error
    throw invalid(
      'Request_BadRequest',
      `Another object with the same value for property ${property} already exists. ${next(property)}`,
      property,
    )
  }
}
