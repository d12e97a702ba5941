/** What a data folder still knows of somebody, in whatever form it could have been written. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { IdHash } from '../../aggregator/src/engine/index.js'

export interface Sought {
  readonly id: string
  /** What else was hashed with the key of the ids, such as a stream. */
  readonly hashed: readonly string[]
  readonly texts: readonly string[]
}

type Key = readonly [number, number]

/** Every file of a folder with its bytes. */
const filesIn = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, Buffer][] => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [[path, readFileSync(path)]]
  })

const flipped = (bytes: Buffer): Buffer => Buffer.from([...bytes].reverse())

/** Base64 of bytes wherever they lie in what was encoded: each of three places gives other letters. */
const inBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].flatMap(before => {
    const letters = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const sure = letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })

/** All the forms in which bytes could have been written. */
const formsOf = (bytes: Buffer): Buffer[] => {
  const hex = bytes.toString('hex')
  return [bytes, ...[hex, hex.toUpperCase(), ...inBase64(bytes)].map(text => Buffer.from(text, 'latin1'))]
}

const hashForms = (key: Key, id: string): Buffer[] => {
  const { hi, lo } = new IdHash(key).of(id)
  const words = [hi, lo].map(word => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(word)
    return bytes
  })
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = words
  const orders = [Buffer.concat([first, second]), Buffer.concat([second, first])]
  return [...orders, ...orders.map(flipped)].flatMap(formsOf)
}

/** Both words as numbers, signed or not, side by side as JSON has them. */
const numbersOf = (key: Key, id: string): RegExp => {
  const { hi, lo } = new IdHash(key).of(id)
  const either = (word: number): string => `(?:${word >>> 0}|${word | 0})`
  return new RegExp(`${either(hi)}\\D{1,16}${either(lo)}(?!\\d)`)
}

/** Which of these people a folder still knows by, and where. */
export const traces = (folder: string, key: Key, people: readonly Sought[]): string[] => {
  const files = filesIn(folder).map(([path, bytes]) => ({ path, bytes, text: bytes.toString('latin1') }))
  return people.flatMap(({ id, hashed, texts }) => {
    const sought = {
      id: formsOf(Buffer.from(id)),
      hash: hashForms(key, id),
      hashed: hashed.flatMap(one => [...formsOf(Buffer.from(one)), ...hashForms(key, one)]),
      comment: texts.flatMap(text => [...formsOf(Buffer.from(text)), ...formsOf(Buffer.from(text, 'utf16le'))]),
    }
    const numbers = numbersOf(key, id)
    return files.flatMap(({ path, bytes, text }) => {
      const found = Object.entries(sought)
        .filter(([, forms]) => forms.some(form => bytes.includes(form)))
        .map(([what]) => what)
      if (numbers.test(text)) found.push('numbers')
      return found.map(what => `${what} of ${id} in ${path.slice(folder.length)}`)
    })
  })
}

/** The key of all id hashes, of a server that is stopped. */
export const idKeyOf = async (folder: string, partitions: number): Promise<Key> => {
  const { store, close } = await openEmbedded(folder, { partitions })
  const kept = JSON.parse(new TextDecoder().decode((await store.get('engine/foundation'))?.value))
  await close()
  return kept.key
}
