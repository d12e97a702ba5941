import type { CoreClient } from '../types.js'

/** What is called of a client. */
export type AutoClient = Pick<CoreClient, 'enter' | 'leave' | 'signal'>

export interface AutoOptions {
  /**
   * Path → touchpoint. `*` stands for a part of a path, at the end for all of the rest; a path without one comes first,
   * then the longest: `{'/product/*': 'shop.product', '/product/new': 'shop.new'}`. A slash at a path's end means nothing.
   */
  pages?: Readonly<Record<string, string>>
  /** The fragment belongs to the path, for pages that navigate by it: `/#/pay`. */
  hash?: boolean
}
