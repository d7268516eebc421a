import type { Refusal } from '../../domain/refusal.ts'
import { type Html, html, type Page } from '../../http/html.ts'
import type { Language } from '../../http/language.ts'
import { signInAddress } from '../../http/own-path.ts'
import type { Redemption } from '../../operations/redeem-invitation.ts'
import type { SignedIn } from '../../operations/sign-in-session.ts'
import { redeemTexts } from './redeem-texts.ts'

export const redeemPath = (ticket: string): string => `/redeem?${new URLSearchParams({ ticket }).toString()}`

/** Who invites whom to what: all that can be known before signing in (TEN-13). */
export function invitationPage(language: Language, redemption: Redemption, ticket: string): Page {
  const text = redeemTexts[language]
  const { address } = redemption.invitation
  return {
    ...headOf(language, redemption),
    body: html`${invitationOf(language, redemption)}
<p>${text.signInHint(address)}</p>
<a class="button" href="${signInAddress(redeemPath(ticket), { loginHint: address })}">${text.signIn}</a>`,
  }
}

/** The consent: nothing happens but by one of its two buttons (S21). */
export function consentPage(language: Language, redemption: Redemption, ticket: string, person: SignedIn): Page {
  const text = redeemTexts[language]
  const { policy, tenant } = redemption
  return {
    ...headOf(language, redemption),
    body: html`${invitationOf(language, redemption)}
<p>${text.whatItMeans(tenant.displayName)}</p>
<p>${
      policy.privacyStatementUrl === null
        ? html`<span class="muted">${text.noPrivacy(tenant.displayName)}</span>`
        : html`<a href="${policy.privacyStatementUrl}" target="_blank" rel="noopener noreferrer">${text.privacy(tenant.displayName)}</a>`
    }</p>
<p class="muted">${text.signedInAs} ${person.displayName} (${person.userName})</p>
<form method="post" action="/redeem">
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ui_locales" value="${language}">
${
  policy.termsOfUseUrl !== null &&
  html`<p><input type="checkbox" id="acceptsTerms" name="acceptsTerms" value="yes" aria-labelledby="terms" required>
<a href="${policy.termsOfUseUrl}" target="_blank" rel="noopener noreferrer" id="terms">${text.terms}</a></p>`
}
<button type="submit" name="decision" value="accept">${text.accept}</button>
<button type="submit" name="decision" value="decline" class="quiet" formnovalidate>${text.decline}</button>
</form>
${otherAccount(language, ticket)}`,
  }
}

/** Why it does not go on, and how it could (F0 step 5). */
export function closedPage(language: Language, redemption: Redemption, ticket: string, refusal: Refusal): Page {
  const text = redeemTexts[language]
  const isWrongPerson = refusal.code === 'WrongIdentity'
  const title = isWrongPerson ? text.wrongTitle : text.closedTitle
  return {
    title,
    language,
    body: html`<h1>${title}</h1>
<p class="error" role="alert">${refusal.message}</p>
${invitationFacts(language, redemption)}
<p class="muted">${refusal.code}</p>
${isWrongPerson && otherAccount(language, ticket)}`,
  }
}

export function decidedPage(language: Language, redemption: Redemption): Page {
  const text = redeemTexts[language]
  const { invitation, tenant, inviterName } = redemption
  const isAccepted = redemption.state === 'Accepted'
  const title = isAccepted ? text.acceptedTitle(tenant.displayName) : text.declinedTitle
  return {
    title,
    language,
    body: isAccepted
      ? html`<h1>${title}</h1>
<p>${text.acceptedHint}</p>
<a class="button" href="${invitation.redirectUrl}">${text.goOn(new URL(invitation.redirectUrl).host)}</a>`
      : html`<h1>${title}</h1>
<p>${text.declinedHint(inviterName)}</p>`,
  }
}

const headOf = (language: Language, { tenant }: Redemption): { title: string; language: Language } => ({
  title: redeemTexts[language].title(tenant.displayName),
  language,
})

function invitationOf(language: Language, redemption: Redemption): Html {
  const text = redeemTexts[language]
  return html`<h1>${text.title(redemption.tenant.displayName)}</h1>
<p>${text.invites(redemption.inviterName, redemption.invitation.address)}</p>
${invitationFacts(language, redemption)}`
}

function invitationFacts(language: Language, { invitation, tenant, tenantDomain, inviterName }: Redemption): Html {
  const text = redeemTexts[language]
  const until = invitation.expiresAt.toISOString().slice(0, 16).replace('T', ' ')
  return html`<dl>
<dt>${text.organisation}</dt><dd>${tenant.displayName}<br><span class="muted">${tenantDomain}</span></dd>
<dt>${text.invitedBy}</dt><dd>${inviterName}</dd>
<dt>${text.invited}</dt><dd>${invitation.address}</dd>
<dt>${text.openUntil}</dt><dd>${until}</dd>
</dl>`
}

function otherAccount(language: Language, ticket: string): Html {
  const address = `${signInAddress(redeemPath(ticket))}&prompt=login&ui_locales=${language}`
  return html`<a class="button quiet" href="${address}">${redeemTexts[language].otherAccount}</a>`
}
