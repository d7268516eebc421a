import { oneLine } from './address.ts'

export interface InvitationMailFacts {
  readonly language: 'en' | 'sv'
  readonly tenantName: string
  readonly tenantDomain: string
  readonly inviterName: string
  /** What the inviter wrote; shown as theirs, between rules. */
  readonly text: string | null
  readonly link: string
  readonly expiresOn: string
}

/** Plain text only: nothing that the inviter writes can become a link with another name or a picture (S24). */
export function invitationMail(facts: InvitationMailFacts): { readonly subject: string; readonly text: string } {
  const [tenant, inviter] = [oneLine(facts.tenantName), oneLine(facts.inviterName)]
  return texts[facts.language]({ ...facts, tenantName: tenant, inviterName: inviter })
}

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n')

const texts: Record<'en' | 'sv', (facts: InvitationMailFacts) => { subject: string; text: string }> = {
  en: (facts) => ({
    subject: `${facts.inviterName} invited you to ${facts.tenantName}`,
    text: `Hello,

${facts.inviterName} invites you as a guest to the organisation ${facts.tenantName} (${facts.tenantDomain}).
${facts.text === null ? '' : `\n${facts.inviterName} writes:\n\n${quoted(facts.text)}\n`}
To accept or decline, follow this link and sign in with your own account:

${facts.link}

The link is yours alone and works once, until ${facts.expiresOn} (UTC). Opening it changes nothing yet.
If you do not know ${facts.inviterName} or did not expect this, you need not do anything.
`,
  }),
  sv: (facts) => ({
    subject: `${facts.inviterName} har bjudit in dig till ${facts.tenantName}`,
    text: `Hej!

${facts.inviterName} bjuder in dig som gäst till organisationen ${facts.tenantName} (${facts.tenantDomain}).
${facts.text === null ? '' : `\n${facts.inviterName} skriver:\n\n${quoted(facts.text)}\n`}
Följ länken och logga in med ditt eget konto för att tacka ja eller nej:

${facts.link}

Länken är bara din och fungerar en gång, till och med ${facts.expiresOn} (UTC). Att öppna den ändrar ingenting.
Om du inte känner ${facts.inviterName} eller inte väntade dig detta behöver du inte göra något.
`,
  }),
}
