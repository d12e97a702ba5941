import type { IncomingMessage, ServerResponse } from 'node:http'
import { configuredFor, type Words } from '../../asks/index.js'
import type { Access } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { sendJson } from './answer.js'
import { checkNames } from './query.js'

export interface AsksOptions {
  readonly access: Access
  readonly words: Words
}

/** GET /v1/asks: what visitors may be asked and told at the touchpoints that a token reads, with its words. */
export class AsksRoute {
  readonly #options: AsksOptions

  constructor(options: AsksOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { access, words } = this.#options
    const { touchpoints } = await readerOf(access, request, { address: callerAddress(request) }, 'pulse')
    checkNames(query, [])
    sendJson(response, 200, configuredFor(words.told, touchpoints))
  }
}
