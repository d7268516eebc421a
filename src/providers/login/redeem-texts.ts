import type { Language } from '../../http/language.ts'

export interface RedeemTexts {
  readonly title: (tenant: string) => string
  readonly invites: (inviter: string, address: string) => string
  readonly organisation: string
  readonly invitedBy: string
  readonly invited: string
  readonly openUntil: string
  readonly whatItMeans: (tenant: string) => string
  readonly signInHint: (address: string) => string
  readonly signIn: string
  readonly signedInAs: string
  readonly otherAccount: string
  readonly privacy: (tenant: string) => string
  readonly noPrivacy: (tenant: string) => string
  readonly terms: string
  readonly accept: string
  readonly decline: string
  readonly acceptedTitle: (tenant: string) => string
  readonly acceptedHint: string
  readonly goOn: (host: string) => string
  readonly declinedTitle: string
  readonly declinedHint: (inviter: string) => string
  readonly closedTitle: string
  readonly wrongTitle: string
}

export const redeemTexts: Record<Language, RedeemTexts> = {
  en: {
    title: (tenant) => `Invitation to ${tenant}`,
    invites: (inviter, address) => `${inviter} invites ${address} as a guest.`,
    organisation: 'Organisation',
    invitedBy: 'Invited by',
    invited: 'Invited',
    openUntil: 'Open until (UTC)',
    whatItMeans: (tenant) =>
      `If you accept, you get an account in ${tenant}. Its administrators see your name, your address and what you do there, and decide what you see. You keep signing in at home.`,
    signInHint: (address) => `To accept or decline, sign in with your own account as ${address}.`,
    signIn: 'Sign in',
    signedInAs: 'Signed in as',
    otherAccount: 'Sign in with another account',
    privacy: (tenant) => `Privacy statement of ${tenant}`,
    noPrivacy: (tenant) => `${tenant} has not published a privacy statement here.`,
    terms: 'I have read and accept the terms of use',
    accept: 'Accept',
    decline: 'Decline',
    acceptedTitle: (tenant) => `You are now a guest in ${tenant}`,
    acceptedHint: 'What you can see there depends on the roles that you are given.',
    goOn: (host) => `Go on to ${host}`,
    declinedTitle: 'Invitation declined',
    declinedHint: (inviter) => `You have no access. Should you change your mind, ask ${inviter} for a new invitation.`,
    closedTitle: 'This invitation cannot be used',
    wrongTitle: 'Somebody else was invited',
  },
  sv: {
    title: (tenant) => `Inbjudan till ${tenant}`,
    invites: (inviter, address) => `${inviter} bjuder in ${address} som gäst.`,
    organisation: 'Organisation',
    invitedBy: 'Inbjuden av',
    invited: 'Inbjuden',
    openUntil: 'Öppen till (UTC)',
    whatItMeans: (tenant) =>
      `Om du tackar ja får du ett konto i ${tenant}. Administratörerna där ser ditt namn, din adress och vad du gör där, och avgör vad du får se. Du loggar fortfarande in hemma.`,
    signInHint: (address) => `Logga in med ditt eget konto som ${address} för att tacka ja eller nej.`,
    signIn: 'Logga in',
    signedInAs: 'Inloggad som',
    otherAccount: 'Logga in med ett annat konto',
    privacy: (tenant) => `Integritetspolicy för ${tenant}`,
    noPrivacy: (tenant) => `${tenant} har inte lagt ut någon integritetspolicy här.`,
    terms: 'Jag har läst och godkänner användarvillkoren',
    accept: 'Tacka ja',
    decline: 'Tacka nej',
    acceptedTitle: (tenant) => `Du är nu gäst i ${tenant}`,
    acceptedHint: 'Vad du ser där beror på vilka roller du får.',
    goOn: (host) => `Fortsätt till ${host}`,
    declinedTitle: 'Du har tackat nej',
    declinedHint: (inviter) => `Du har ingen åtkomst. Ändrar du dig kan du be ${inviter} om en ny inbjudan.`,
    closedTitle: 'Inbjudan går inte att använda',
    wrongTitle: 'Inbjudan gäller någon annan',
  },
}
