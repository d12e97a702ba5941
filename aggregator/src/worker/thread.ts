/** The engine's own thread: nothing but the folder, its messages and its beat. */
import { parentPort } from 'node:worker_threads'
import { Folder } from './folder.js'
import { PARTIAL_MS } from './limits.js'
import type { ToFolder } from './messages.js'

const port = parentPort
if (port === null) throw new Error('thread.js is started by the worker, not by itself')

const folder = new Folder((message, transfer) => port.postMessage(message, transfer))
port.on('message', (message: ToFolder) => folder.handle(message))
setInterval(() => folder.beat(), PARTIAL_MS)
