#!/usr/bin/env node
import { processIo } from './io.js'
import { run } from './program.js'

process.exitCode = await run(processIo(), process.argv.slice(2))
