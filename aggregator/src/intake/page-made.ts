/** A visitor id that a day's salt made begins so. */
export const DAY_PREFIX = 'd.'
/** A page's own id. */
export const PAGE_PREFIX = 'p.'
/** A device's id, made by the SDK and kept with consent. */
const DEVICE_PREFIX = 'v.'
const PAGE_MADE: readonly string[] = [DAY_PREFIX, PAGE_PREFIX, DEVICE_PREFIX]

/** Every id that a page may have without the host's word; any other may be a customer of the host's. */
export const isPageMade = (visitor: string): boolean => PAGE_MADE.some(prefix => visitor.startsWith(prefix))
