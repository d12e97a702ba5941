import { copyFile, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { Random } from '../sim/random.js'

export const FAULTS = [
  'flip',
  'cut',
  'cut out',
  'zeros',
  'tail',
  'blocks swapped',
  'files swapped',
  'deleted',
  'folder deleted',
  'duplicate',
  'foreign',
  'old copy',
] as const
export type FaultKind = (typeof FAULTS)[number]

const BLOCKS = [512, 4_096] as const
const MOST_FLIPS = 4

/** What a fault may take files from. */
export interface Sources {
  readonly foreign: string
  readonly earlier: readonly string[]
}

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

const ofLog = (path: string): boolean => path.endsWith('.seg')

/** Bytes of a file changed in place. */
const change = async (path: string, edit: (bytes: Buffer) => Buffer): Promise<void> =>
  writeFile(path, edit(await readFile(path)))

const swapBlocks = async (one: string, other: string, random: Random): Promise<void> => {
  const size = random.pick(BLOCKS)
  const [a, b] = [await readFile(one), await readFile(other)]
  const atA = random.int(0, Math.max(0, Math.ceil(a.length / size) - 1)) * size
  const atB = random.int(0, Math.max(0, Math.ceil(b.length / size) - 1)) * size
  const length = Math.min(size, a.length - atA, b.length - atB)
  const [pieceA, pieceB] = [Buffer.from(a.subarray(atA, atA + length)), Buffer.from(b.subarray(atB, atB + length))]
  pieceB.copy(a, atA)
  pieceA.copy(one === other ? a : b, atB)
  await writeFile(one, a)
  if (one !== other) await writeFile(other, b)
}

const swapFiles = async (one: string, other: string): Promise<void> => {
  if (one === other) return
  await rename(one, `${one}.aside`)
  await rename(other, one)
  await rename(`${one}.aside`, other)
}

/** A segment again under a name before, between or behind the others; any other file over one of its kind. */
const duplicate = async (folder: string, path: string, files: readonly string[], random: Random): Promise<string> => {
  const alike = files.filter(file => ofLog(file) === ofLog(path))
  const target = random.pick(alike)
  const number = String(random.int(1, 200)).padStart(16, '0')
  const to = ofLog(path) && random.chance(0.5) ? join(dirname(target), `${number}.seg`) : target
  if (to !== path) await copyFile(join(folder, path), join(folder, to))
  return to
}

const takeFrom = async (source: string, folder: string, path: string, random: Random): Promise<string> => {
  const there = await filesIn(source)
  const fitting = there.filter(file => file === path)
  const alike = there.filter(file => dirname(file) === dirname(path) && ofLog(file) === ofLog(path))
  const from = random.pick(fitting.length > 0 && random.chance(0.7) ? fitting : alike.length > 0 ? alike : there)
  const to = random.chance(0.7) ? path : join(dirname(path), basename(from))
  await mkdir(dirname(join(folder, to)), { recursive: true })
  await copyFile(join(source, from), join(folder, to))
  return `${from} as ${to}`
}

/** Does one thing to a folder; says what. */
export const damage = async (folder: string, kind: FaultKind, sources: Sources, random: Random): Promise<string> => {
  const files = await filesIn(folder)
  const name = random.pick(files)
  const path = join(folder, name)
  const { size } = await stat(path)
  const at = size === 0 ? 0 : random.int(0, size - 1)
  const length = random.chance(0.5) ? random.magnitude(1, Math.max(1, size - at)) : random.pick(BLOCKS)
  const where = `${name} at ${at} of ${size}`
  switch (kind) {
    case 'flip': {
      const flips = random.chance(0.7) ? 1 : random.int(2, MOST_FLIPS)
      await change(path, bytes => {
        for (let i = 0; i < flips && size > 0; i++) {
          const place = i === 0 ? at : random.int(0, size - 1)
          bytes[place] = (bytes[place] ?? 0) ^ (1 << random.int(0, 7))
        }
        return bytes
      })
      return `${where}, ${flips} times`
    }
    case 'cut':
      await truncate(path, at)
      return where
    case 'cut out':
      await change(path, bytes => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]))
      return `${where}, ${length} bytes`
    case 'zeros':
      await change(path, bytes => bytes.fill(0, at, Math.min(size, at + length)))
      return `${where}, ${length} bytes`
    case 'tail':
      await change(path, bytes =>
        Buffer.concat([bytes, Buffer.from(Array.from({ length: 64 }, () => random.int(0, 255)))]),
      )
      return name
    case 'blocks swapped': {
      const other = random.chance(0.5) ? name : random.pick(files)
      await swapBlocks(path, join(folder, other), random)
      return `${name} and ${other}`
    }
    case 'files swapped': {
      const other = random.pick(files)
      await swapFiles(path, join(folder, other))
      return `${name} and ${other}`
    }
    case 'deleted':
      await rm(path)
      return name
    case 'folder deleted':
      await rm(dirname(name) === '.' ? path : dirname(path), { recursive: true })
      return dirname(name) === '.' ? name : dirname(name)
    case 'duplicate':
      return `${name} as ${await duplicate(folder, name, files, random)}`
    case 'foreign':
      return takeFrom(sources.foreign, folder, name, random)
    case 'old copy':
      return takeFrom(random.pick(sources.earlier), folder, name, random)
  }
}
