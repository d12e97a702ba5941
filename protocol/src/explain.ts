/**
 * Says where and why a refused frame breaks the grammar. The guard finds the first bad node, the schema is asked about
 * that node alone: a frame of 64 KiB full of faults costs no more than one fault.
 */
import type { z } from 'zod'
import { BATCH_EVENTS, Frame } from './client/index.js'
import { guardClient, isBatchHead } from './guard.js'
import { isEvent, isGroupHead, isPlace } from './guard-event.js'
import { eventSchemas, groupSchema, placeSchema } from './schema/event.js'
import { batchSchema, clientSchemas } from './schema/frames.js'

/** With its last character, at most 3 bytes each in UTF-8, a frame's message fits the 123 bytes of a close reason. */
const MESSAGE_CHARS = 110
/** Stands for an array whose size is judged; longer ones need not be read to be too long. */
const SAMPLE_ITEMS = BATCH_EVENTS + 1

const place = (path: readonly PropertyKey[]): string =>
  path.map(key => (/^[a-z]+$/i.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(key)}]`)).join('')

/** The first fault that a schema finds, as `where.PATH: reason`; null where it finds none. */
export const firstFault = (schema: z.ZodType, value: unknown, where: string): string | null => {
  const result = schema.safeParse(value)
  if (result.success) return null
  const issue = result.error.issues[0]
  if (issue === undefined) return null
  const text = `${where}${place(issue.path)}: ${issue.message}`
  return text.length > MESSAGE_CHARS ? `${text.slice(0, MESSAGE_CHARS - 1)}…` : text
}

const has = <T extends object>(table: T, key: unknown): key is keyof T =>
  typeof key === 'number' && Object.hasOwn(table, key)

const explainEvent = (event: unknown, places: number, where: string): string => {
  if (!Array.isArray(event)) return `${where}: an event must be an array`
  const kind: unknown = event[0]
  if (!has(eventSchemas, kind)) return `${where}[0]: unknown kind of event`
  return firstFault(eventSchemas[kind], event, where) ?? `${where}[2]: the frame has ${places} places`
}

/** A group's events, or a batch's places and groups, are left out of the copy that the schema sees. */
const sample = (items: unknown, filler: unknown): unknown =>
  Array.isArray(items) ? new Array(Math.min(items.length, SAMPLE_ITEMS)).fill(filler) : items

const GOOD_EVENT = [0, 0, 0]
const GOOD_GROUP = [null, null, 0, 0, [[6, 0, null, 'c', null, null]]]

const explainBatch = (frame: readonly unknown[]): string => {
  if (!isBatchHead(frame)) {
    const head = frame.slice(0, 6).map((item, index) => {
      if (index === 3) return sample(item, 'p')
      return index === 4 ? sample(item, GOOD_GROUP) : item
    })
    return firstFault(batchSchema, head, 'frame') ?? 'frame: not a batch'
  }
  const places = frame[3] as readonly unknown[]
  const groups = frame[4] as readonly unknown[]
  const badPlace = places.findIndex(item => !isPlace(item))
  if (badPlace !== -1)
    return firstFault(placeSchema, places[badPlace], `frame[3][${badPlace}]`) ?? 'frame[3]: not a place'
  for (const [index, group] of groups.entries()) {
    const where = `frame[4][${index}]`
    if (!isGroupHead(group)) {
      const head = Array.isArray(group)
        ? group.slice(0, 6).map((item, at) => (at === 4 ? sample(item, GOOD_EVENT) : item))
        : group
      return firstFault(groupSchema, head, where) ?? `${where}: not a group`
    }
    const badEvent = group[4].findIndex(event => !isEvent(event, places.length))
    if (badEvent !== -1) return explainEvent(group[4][badEvent], places.length, `${where}[4][${badEvent}]`)
  }
  return `frame[4]: more than ${BATCH_EVENTS} events in all`
}

/** Path and reason of the first fault of a frame that the guard refused, as `frame[4][0][2]: reason`. */
export const explain = (frame: unknown): string => {
  if (guardClient(frame)) return 'frame: no fault'
  if (!Array.isArray(frame)) return 'frame: must be an array'
  const type: unknown = frame[0]
  if (!has(clientSchemas, type)) return 'frame[0]: unknown type of frame'
  if (type === Frame.batch) return explainBatch(frame)
  const head = frame.slice(0, 8).map(item => (Array.isArray(item) ? item.slice(0, SAMPLE_ITEMS) : item))
  return firstFault(clientSchemas[type], head, 'frame') ?? 'frame: breaks the grammar'
}
