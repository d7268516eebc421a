/** As it may be logged: a ticket or a code in it works like a password (S23), and an id token says who somebody is. */
export const loggedAddress = (url: string): string =>
  url.replace(/(redemptions\/|(?:ticket|id_token_hint|[?&]code|[?&]state)(?:=|%3D))[\w.-]+/gi, '$1…')
