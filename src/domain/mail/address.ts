/** A plain address without a display name, as one may be written to an envelope: no blank, no list, no control sign. */
const address = /^[^\s@<>(),;:"\\[\]\p{Cc}]{1,64}@[^\s@<>(),;:"\\[\]\p{Cc}]{1,255}$/u

export const isMailAddress = (text: string): boolean => text.length <= 254 && address.test(text)

/** One line of a header: what would end it becomes a blank (S34). */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
