const text =
  'A guest gains access to this tenant, not only to its billing account. Check what guests can see in the guest access setting.'

export interface SecurityNotice {
  readonly message: string
  readonly guestAccessSetting: string
}

/** TEN-20: said to whoever invites or promotes a guest in a tenant that holds a billing account. */
export const securityNotice = (baseUrl: string): SecurityNotice => ({
  message: text,
  guestAccessSetting: `${baseUrl}/v1.0/policies/authorizationPolicy`,
})

export const noticeHeaders = (baseUrl: string): Record<string, string> => ({
  warning: `299 - "${text} ${securityNotice(baseUrl).guestAccessSetting}"`,
})
