import type { Language } from '../../http/language.ts'
import type { OutsideRefused } from '../../operations/outside-sign-in.ts'

interface OutsideTexts {
  readonly title: string
  readonly again: string
  readonly signInWith: (provider: string) => string
  readonly refusals: Readonly<Record<OutsideRefused['refusal'], string>>
}

export const outsideTexts: Readonly<Record<Language, OutsideTexts>> = {
  en: {
    title: 'You were not signed in',
    again: 'Back to the sign-in page',
    signInWith: (provider) => `Sign in with ${provider}`,
    refusals: {
      lost: 'This answer belongs to no sign-in that this browser has under way; each answer works once. Begin the sign-in again.',
      expired: 'The sign-in took longer than ten minutes. Begin it again.',
      gone: 'This directory does not offer this way to sign in any more. Use another one, or ask its administrator.',
      denied: 'The provider did not sign you in. Try again there, or use another way to sign in.',
      unreachable:
        'The provider does not answer as it should just now. Try again later, or use another way to sign in.',
      unsafe:
        'The provider has an address that this server does not connect to. Tell the administrator of the directory to check its metadataUrl.',
      untrusted:
        'What the provider answered does not prove who you are. Begin the sign-in again; if it stays so, tell the administrator of the directory.',
      unknown:
        'You proved who you are, and nobody in this directory has that identity. Ask the administrator of the directory to create your account.',
      subjectTaken:
        'Somebody else in this directory has an identity that differs from yours in upper and lower case only. Ask the administrator of the directory.',
      disabled: 'This account is disabled. Ask your administrator to enable it.',
    },
  },
  sv: {
    title: 'Du loggades inte in',
    again: 'Tillbaka till inloggningssidan',
    signInWith: (provider) => `Logga in med ${provider}`,
    refusals: {
      lost: 'Svaret hör inte till någon inloggning som pågår i den här webbläsaren; varje svar gäller en gång. Börja om inloggningen.',
      expired: 'Inloggningen tog mer än tio minuter. Börja om den.',
      gone: 'Katalogen erbjuder inte längre det här sättet att logga in. Använd ett annat, eller fråga administratören.',
      denied: 'Leverantören loggade inte in dig. Försök igen där, eller logga in på ett annat sätt.',
      unreachable:
        'Leverantören svarar inte som den ska just nu. Försök igen senare, eller logga in på ett annat sätt.',
      unsafe:
        'Leverantören har en adress som servern inte ansluter till. Be katalogens administratör att kontrollera metadataUrl.',
      untrusted:
        'Det som leverantören svarade bevisar inte vem du är. Börja om inloggningen; om det inte hjälper, tala med katalogens administratör.',
      unknown:
        'Du har visat vem du är, men ingen i den här katalogen har den identiteten. Be katalogens administratör att skapa ditt konto.',
      subjectTaken:
        'Någon annan i katalogen har en identitet som bara skiljer sig från din i stora och små bokstäver. Fråga katalogens administratör.',
      disabled: 'Kontot är avstängt. Be din administratör att öppna det.',
    },
  },
}
