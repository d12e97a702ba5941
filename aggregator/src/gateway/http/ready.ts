import type { ServerResponse } from 'node:http'
import type { Reason } from '../readiness.js'
import { sendJson } from './answer.js'

const RETRY_SECONDS = '1'

export const answerReady = (response: ServerResponse, reasons: readonly Reason[]): void => {
  if (reasons.length === 0) return sendJson(response, 200, { ready: true })
  sendJson(response, 503, { ready: false, reasons }, { 'retry-after': RETRY_SECONDS })
}
