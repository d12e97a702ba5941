import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { logStreamConfig, type StreamLimits } from './log-stream.js'
import { namesOf } from './names.js'

export interface Asked extends StreamLimits {
  readonly project: string
  readonly partitions: number
}

/** A stream that a project needs; a bucket is one, too. */
export type Part =
  | { readonly is: 'log'; readonly stream: string; readonly partition: number; readonly config: LogConfig }
  | { readonly is: 'values' | 'blobs'; readonly stream: string; readonly bucket: string }

type LogConfig = ReturnType<typeof logStreamConfig>

export const partsOf = (asked: Asked): Part[] => {
  const names = namesOf(asked.project)
  const log = Array.from({ length: asked.partitions }, (_, partition): Part => {
    const config = logStreamConfig(names, partition, asked)
    return { is: 'log', stream: config.name, partition, config }
  })
  const { values, blobs } = names
  return [
    ...log,
    { is: 'values', stream: `KV_${values}`, bucket: values },
    { is: 'blobs', stream: `OBJ_${blobs}`, bucket: blobs },
  ]
}

export type Update = Partial<Pick<StreamConfig, 'num_replicas' | 'max_bytes' | 'discard'>>

/**
 * - `fits`: it is as asked; `stays` says what of it is larger than asked, for nothing is ever made smaller.
 * - `make`: it isn't there.
 * - `change`: `update` makes it fit.
 * - `wrong`: it can't be made to fit.
 */
export type Step = { readonly stays: readonly string[] } & (
  | { readonly is: 'fits' | 'make' }
  | { readonly is: 'change'; readonly update: Update; readonly changes: readonly string[] }
  | { readonly is: 'wrong'; readonly why: string }
)

type Found = Pick<
  StreamConfig,
  'description' | 'storage' | 'retention' | 'discard' | 'num_replicas' | 'max_bytes' | 'max_age' | 'max_msgs'
>

const wrongOf = (part: Part, found: Found): string | null => {
  if (part.is === 'log' && found.description !== part.config.description)
    return `it is "${found.description ?? ''}", not "${part.config.description}": set partitions back, or use another project name`
  if (found.storage !== StorageType.File)
    return 'it is in memory, which no restart outlives: take it away, and it is made anew'
  if (found.retention !== RetentionPolicy.Limits)
    return `its retention is "${found.retention}": entries would go once read`
  if (found.max_age > 0 || found.max_msgs > 0)
    return 'it drops what is old by itself (max_age, max_msgs): set both to unlimited with nats stream edit'
  return null
}

const boundText = (sizeBytes: number): string => (sizeBytes < 0 ? 'no bound' : `${sizeBytes} bytes`)

/** What is to be done about a part; `found` null: it isn't there. */
export const stepOf = (part: Part, found: Found | null, { replicas = 1, streamBytes }: StreamLimits): Step => {
  if (found === null) return { is: 'make', stays: [] }
  const why = wrongOf(part, found)
  if (why !== null) return { is: 'wrong', why, stays: [] }
  const changes: string[] = []
  const stays: string[] = []
  const update: Update = {}
  if (found.num_replicas < replicas) {
    update.num_replicas = replicas
    changes.push(`replicas ${found.num_replicas} → ${replicas}`)
  }
  if (found.num_replicas > replicas)
    stays.push(`has ${found.num_replicas} replicas, more than the ${replicas} asked for`)
  if (part.is === 'log') {
    const { max_bytes: boundBytes, discard } = found
    if (discard !== DiscardPolicy.New) {
      update.discard = DiscardPolicy.New
      changes.push(`at its bound: ${discard} → ${DiscardPolicy.New}, so that nothing is dropped`)
    }
    if (streamBytes !== undefined && boundBytes >= 0 && boundBytes < streamBytes) {
      update.max_bytes = streamBytes
      changes.push(`${boundText(boundBytes)} → ${boundText(streamBytes)}`)
    }
    if (streamBytes !== undefined && (boundBytes < 0 || boundBytes > streamBytes))
      stays.push(`has ${boundText(boundBytes)}, more than the ${boundText(streamBytes)} asked for`)
  }
  return changes.length === 0 ? { is: 'fits', stays } : { is: 'change', update, changes, stays }
}
