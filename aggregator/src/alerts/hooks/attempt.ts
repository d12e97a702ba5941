import type { Hook } from '../../config/index.js'
import { VERSION } from '../../version.js'
import { type Answered, type PostOptions, post } from './post.js'
import { type Signed, signatureHeaders } from './sign.js'

/** Sends a message to a hook once. Rejects as `post`. */
export const attempt = (hook: Hook, message: Signed, options: PostOptions): Promise<Answered> => {
  const { url, secret, format, allowInternal } = hook
  const signed = format === 'standard' && secret !== undefined ? signatureHeaders(secret, message) : {}
  const headers = { 'user-agent': `pulssi/${VERSION}`, ...signed }
  return post({ url, headers, body: message.body, allowInternal }, options)
}
