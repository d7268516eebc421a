/** An address as it may be logged: a ticket or a code in it works like a password (S23). */
export const loggedAddress = (url: string): string =>
  url.replace(/(redemptions\/|(?:ticket|[?&]code|[?&]state)(?:=|%3D))[\w-]+/gi, '$1…')
