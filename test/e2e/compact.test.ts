/** A compaction that ends at any step leaves a folder that says the same numbers. */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig, type RunningServer, startServer } from '@pulssi/aggregator'
import type { WireEvent } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { type Embedded, openEmbedded } from '../../aggregator/src/embedded/index.js'
import { restore } from '../../aggregator/src/ops/index.js'
import { CLOSED, Client, dataDir, ENTER, journey, serve } from './harness.js'

const SETTINGS = { ...CLOSED, server: { partitions: 1 } }
const EVENTS: readonly WireEvent[] = [ENTER, [3, 0, 0, 2, 1, 'too slow'], [5, 0, 0, 'rage']]
const VISITORS = 12

/** Ends at the n-th of the steps of a compaction; `null`: it doesn't. */
interface Faults {
  left: number | null
  steps: string[]
}

const faulty =
  (faults: Faults): typeof openEmbedded =>
  async (folder, options) => {
    const embedded: Embedded = await openEmbedded(folder, options)
    const { log, store } = embedded
    const step = (name: string): void => {
      if (faults.left === null) return
      faults.steps.push(name)
      if (faults.left-- === 0) throw new Error('killed here')
    }
    const original = {
      rotate: log.rotate.bind(log),
      rewrite: log.rewrite.bind(log),
      put: store.put.bind(store),
      putBlob: store.putBlob.bind(store),
      deleteBlob: store.deleteBlob.bind(store),
      compact: store.compact.bind(store),
    }
    log.rotate = async partition => {
      step('rotate')
      return await original.rotate(partition)
    }
    log.rewrite = async (partition, through, change) => {
      step('rewrite')
      const rewritten = await original.rewrite(partition, through, (bytes, sequence) => {
        const changed = change(bytes, sequence)
        if (changed !== bytes) step('entry')
        return changed
      })
      step('rewritten')
      return rewritten
    }
    store.put = async (key, value, revision) => {
      if (key.startsWith('compacted/')) step('note')
      return await original.put(key, value, revision)
    }
    store.putBlob = async (key, chunks) => {
      step('image')
      await original.putBlob(key, chunks)
    }
    store.deleteBlob = async key => {
      step('delete')
      await original.deleteBlob(key)
    }
    store.compact = async () => {
      step('values')
      await original.compact()
    }
    return embedded
  }

const started = async (folder: string, faults: Faults): Promise<RunningServer> => {
  const config = parseConfig({ ...SETTINGS, server: { port: 0, dataDir: folder, ...SETTINGS.server } })
  const server = await startServer({ config, logger: pino({ level: 'silent' }), open: faulty(faults) })
  onTestFinished(() => server.close())
  return server
}

const numbers = async (server: RunningServer): Promise<unknown> => {
  const { events, pulses } = await journey(server)
  return { events, pulses: pulses.map(({ clock: _, ageMs: __, ...rest }: { clock: number; ageMs: number }) => rest) }
}

const filled = async (folder: string): Promise<void> => {
  const server = await serve(SETTINGS, folder)
  const client = await Client.service(server)
  for (let i = 0; i < VISITORS; i++) client.batch(`v-${i}`, 's', 0, EVENTS, i < 6 ? 'cart' : 'checkout')
  await client.acked(VISITORS)
  await server.close()
}

test('killed at any step it leaves the same numbers, and the next one finishes', async () => {
  const filledFolder = dataDir()
  await filled(filledFolder)
  const seen = new Set<string>()
  for (let at = 0, isDone = false; !isDone; at++) {
    const folder = dataDir()
    cpSync(filledFolder, folder, { recursive: true })
    const faults: Faults = { left: null, steps: [] }
    const server = await started(folder, faults)
    for (const visitor of ['v-0', 'v-1', 'v-7']) await server.operations.eraseSubject(visitor)
    const wanted = await numbers(server)
    faults.left = at
    const error = await server.operations.compact().then(
      () => null,
      (error: Error) => error,
    )
    faults.left = null
    isDone = error === null
    if (error !== null) expect(error.message).toBe('killed here')
    seen.add(faults.steps.at(-1) ?? '')
    const killed = dataDir()
    cpSync(folder, killed, { recursive: true })
    rmSync(join(killed, 'lock'))
    await server.close()
    const again = await serve(SETTINGS, killed)
    expect(await numbers(again), faults.steps.join(' ')).toEqual(wanted)
    const { visitors } = await again.operations.compact()
    if (isDone) expect(visitors).toBe(0)
    expect(await numbers(again)).toEqual(wanted)
    await again.close()
    expect(at).toBeLessThan(100)
  }
  for (const step of ['rotate', 'image', 'note', 'delete', 'rewrite', 'entry', 'rewritten', 'values']) {
    expect([...seen]).toContain(step)
  }
})

test('without an image that holds the erasures a compacted log is not counted again', async () => {
  const folder = dataDir()
  await filled(folder)
  const server = await serve(SETTINGS, folder)
  await server.operations.eraseSubject('v-0')
  await server.operations.compact()
  const chunks: Uint8Array[] = []
  for await (const chunk of server.operations.backup()) chunks.push(chunk)
  await server.close()
  // A copy of it, from a backup, is no easier to mislead.
  const archive = join(dataDir(), 'backup.tar')
  writeFileSync(archive, Buffer.concat(chunks))
  const copy = join(dataDir(), 'copy')
  await restore(archive, copy)
  rmSync(join(copy, 'store'), { recursive: true })
  await expect(serve(SETTINGS, copy)).rejects.toThrow(/a compaction has taken erased visitors out of the log/)
  rmSync(join(folder, 'store', 'blobs'), { recursive: true })
  await expect(serve(SETTINGS, folder)).rejects.toThrow(/can't be counted again/)
  rmSync(join(folder, 'store'), { recursive: true })
  await expect(serve(SETTINGS, folder)).rejects.toThrow(/a compaction has taken erased visitors out of the log/)
})

test('a server that closes ends a compaction, and the folder is whole', async () => {
  const folder = dataDir()
  await filled(folder)
  const server = await serve(SETTINGS, folder)
  await server.operations.eraseSubject('v-0')
  const wanted = await numbers(server)
  const compacting = server.operations.compact().then(
    () => 'done',
    (error: Error) => error.message,
  )
  await server.close()
  expect(['done', 'the server shuts down']).toContain(await compacting)
  await expect(server.operations.compact()).rejects.toThrow('the server shuts down')
  expect(await numbers(await serve(SETTINGS, folder))).toEqual(wanted)
})
