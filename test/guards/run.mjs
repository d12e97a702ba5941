#!/usr/bin/env node
// Usage: npm run test:guards -- [--only TEXT]
// Takes each guard out in turn, in a copy of the tree, and expects its test to fail. TEXT: a part of a guard's name, of
// its input or of its file.
import { parseArgs } from 'node:util'
import { natsServer } from '../tools/nats-server.mjs'
import { proxies } from '../tools/proxies.mjs'
import { runTests, tryGuard } from './check.mjs'
import { copyTree, removeTree } from './copy.mjs'
import { readGuards } from './table.mjs'

const WORKERS = 2
const BASE_TEST_MS = 60_000

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const guards = readGuards().filter(({ name, input, file }) => `${name} ${input} ${file}`.includes(values.only))
if (guards.length === 0) {
  console.error(`no guard has "${values.only}" in its name, input or file`)
  process.exit(2)
}

const needsNats = guards.some(({ test }) => /nats|nodes/.test(test))
if (needsNats) process.env.NATS_SERVER_PATH = natsServer()
if (guards.some(({ test }) => test.includes('proxies'))) Object.assign(process.env, proxies())

/** Works off a queue with one copy of the tree for each worker. */
const shareOut = async (folders, queue, work) => {
  const waiting = [...queue]
  await Promise.all(
    folders.map(async folder => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(folder, next)
    }),
  )
}

const tests = new Map()
for (const { test, title } of guards) tests.set(test, [...new Set([...(tests.get(test) ?? []), title])])

const startedAt = Date.now()
const folders = Array.from({ length: WORKERS }, copyTree)
const clear = () => {
  for (const folder of folders) removeTree(folder)
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clear()
    process.exit(1)
  })
}

const faults = []
const checkUnchanged = async (folder, [file, titles]) => {
  const { passed, failed, broken } = await runTests(folder, file, titles, BASE_TEST_MS)
  const missing = titles.filter(title => !passed.some(name => name.includes(title)))
  for (const what of [...failed, ...missing]) faults.push(`${file}: "${what}" must pass while nothing is changed`)
  if (broken !== null) faults.push(`${file}: ${broken}`)
}

const width = Math.max(...guards.map(({ name }) => name.length))
let noticed = 0
const takeOut = async (folder, guard) => {
  const why = await tryGuard(folder, guard)
  console.log(`${why === null ? 'noticed' : 'MISSED '}  ${guard.name.padEnd(width)}  ${guard.input}`)
  if (why === null) noticed++
  else faults.push(`${guard.name}: ${why}`)
}

try {
  await shareOut(folders, tests, checkUnchanged)
  await shareOut(folders, guards, takeOut)
} finally {
  clear()
}
for (const fault of faults) console.error(fault)
const seconds = Math.round((Date.now() - startedAt) / 1_000)
const inputs = new Set(guards.map(({ input }) => input)).size
console.log(`${noticed} of ${guards.length} guards noticed when taken out, against ${inputs} inputs, in ${seconds} s`)
process.exit(faults.length === 0 ? 0 : 1)
