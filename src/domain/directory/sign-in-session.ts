/** One browser in which a person has signed in, at their home tenant. */
export interface SignInSession {
  readonly authenticatedAt: Date
  readonly lastUsedAt: Date
}

const idleMs = 8 * 3_600_000
const longestMs = 24 * 3_600_000

/** When a session ends however much it is used. */
export const sessionEndOf = (authenticatedAt: Date): Date => new Date(authenticatedAt.getTime() + longestMs)

/**
 * TRUST S13: a session ends when it is not used for eight hours, after a day in any case, and with everything else of
 * the person when their sign-ins were revoked.
 */
export function isSessionCurrent(session: SignInSession, sessionsValidFrom: Date | null, at: Date): boolean {
  return (
    at.getTime() - session.lastUsedAt.getTime() < idleMs &&
    at < sessionEndOf(session.authenticatedAt) &&
    isStillSignedIn(session.authenticatedAt, sessionsValidFrom)
  )
}

/** Whether what began with a sign-in at that instant was not revoked since. */
export const isStillSignedIn = (authenticatedAt: Date, sessionsValidFrom: Date | null): boolean =>
  sessionsValidFrom === null || authenticatedAt >= sessionsValidFrom

const writtenEveryMs = 60_000

/** Use is written down once a minute and not with each request. */
export const isUseToBeWritten = (session: SignInSession, at: Date): boolean =>
  at.getTime() - session.lastUsedAt.getTime() >= writtenEveryMs
