/**
 * The entry of the file for script tags that needs no script of the page's own: it starts by itself, as its element says.
 * With what the core's file can it checks each event, so that a bad mark is told and breaks no frame.
 */
import { start } from './start.js'

// A server that imports it has no document.
if (globalThis.document) start(document.currentScript)
