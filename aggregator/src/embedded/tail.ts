import { join } from 'node:path'
import { type DiskFile, writeAll } from './disk.js'
import { encodeClosed } from './format.js'
import { MARK_SYNC_COMMITS } from './limits.js'
import { Mark } from './mark.js'
import { createSegment, type PartitionPlace, recoverSegment, remember, type Segment } from './segments.js'

const MARK = 'durable'

/**
 * Whether the newest segment can take a commit.
 * - `ready`: its file ends where its durable entries end. A commit that fails leads to `broken`.
 * - `broken`: a write or a sync failed, so what lies beyond the durable end is unknown and was acknowledged to nobody.
 *   The next commit cuts it off and syncs that first; only then is it `ready`. Nothing is synced a second time: after
 *   a sync that failed the system may have dropped what it held, and would say that all is well.
 * - `closed`: for good.
 */
type State = { readonly is: 'ready'; readonly file: DiskFile } | { readonly is: 'broken' } | { readonly is: 'closed' }

const noMark = (path: string): string =>
  `${path} is missing or damaged. All entries that were found are whole; whether the log was cut off at its end can't be told this time.`

/**
 * The end of a partition's log on the disk: takes one commit after another. A commit is done once its bytes are synced
 * and the mark beside the segments says so; the mark survives a killed process at once, a power cut by a sync of its
 * own now and then. It is never ahead of what is durable.
 */
export class Tail {
  /** Oldest first; the last one is being written. */
  readonly segments: Segment[]
  readonly #place: PartitionPlace
  readonly #segmentBytes: number
  readonly #mark: Mark
  #last: number
  #state: State
  #isEnding = false
  #unsyncedMarks = 0
  #markSync: Promise<void> = Promise.resolve()
  #markError: unknown = null

  private constructor(
    place: PartitionPlace,
    segmentBytes: number,
    found: { segments: Segment[]; last: number; file: DiskFile; mark: Mark },
  ) {
    this.#place = place
    this.#segmentBytes = segmentBytes
    this.segments = found.segments
    this.#mark = found.mark
    this.#last = found.last
    this.#state = { is: 'ready', file: found.file }
  }

  /** `segments`: those of the folder, oldest first; `first`: of the first entry where there is none. Throws DamagedLog where entries that were durable are not there. */
  static async open(place: PartitionPlace, segmentBytes: number, segments: Segment[], first: number): Promise<Tail> {
    const { disk, folder } = place
    const path = join(folder, MARK)
    const { mark, sequence: durable } = await Mark.open(disk, path, place)
    try {
      const newest = segments.at(-1)
      if (newest === undefined) {
        const [segment, file] = await createSegment(place, first)
        return new Tail(place, segmentBytes, { segments: [segment], last: first - 1, file, mark })
      }
      await disk.syncFolder(folder)
      const { last, file } = await recoverSegment(place, newest, durable)
      if (durable === null && last >= newest.first) place.warn(noMark(path))
      const tail = new Tail(place, segmentBytes, { segments, last, file, mark })
      await tail.#setMark()
      return tail
    } catch (error) {
      await mark.close().catch(() => undefined)
      throw error
    }
  }

  /** Sequence of the newest durable entry. */
  get last(): number {
    return this.#last
  }

  get isClosed(): boolean {
    return this.#state.is === 'closed'
  }

  /** Resolves once the `count` entries in `bytes` are durable; where it rejects, none of them is in the log. */
  async commit(bytes: Uint8Array, count: number): Promise<void> {
    let segment: Segment
    try {
      let file: DiskFile
      ;[segment, file] = await this.#target()
      await writeAll(file, bytes, segment.endBytes)
      await file.sync()
      this.#mark.write(this.#last + count)
      if (this.#markError !== null) throw this.#markError
    } catch (error) {
      await this.#break()
      throw error
    }
    remember(segment, this.#last + 1, segment.endBytes)
    segment.endBytes += bytes.length
    this.#last += count
    this.#syncMarkSometimes()
  }

  /** The next commit begins a segment of its own. */
  endSegment(): void {
    this.#isEnding = true
  }

  /** Says in the file that nothing is missing. */
  async close(): Promise<void> {
    const state = this.#state
    this.#state = { is: 'closed' }
    const segment = this.segments.at(-1)
    try {
      await this.#markSync
      if (state.is !== 'ready' || segment === undefined) return
      try {
        await writeAll(state.file, encodeClosed(this.#last + 1), segment.endBytes)
        await state.file.sync()
        await this.#mark.sync()
      } finally {
        await state.file.close()
      }
    } finally {
      await this.#mark.close()
    }
  }

  /** The segment to write to and its file: mended after a failure, a new one where the last is full. */
  async #target(): Promise<[Segment, DiskFile]> {
    const segment = this.segments.at(-1)
    if (segment === undefined) throw new Error('a log without a segment')
    const file = this.#state.is === 'ready' ? this.#state.file : await this.#mend(segment)
    const isFull = segment.endBytes >= this.#segmentBytes || (this.#isEnding && this.#last >= segment.first)
    if (!isFull) return [segment, file]
    const [fresh, freshFile] = await createSegment(this.#place, this.#last + 1)
    this.#isEnding = false
    this.segments.push(fresh)
    this.#state = { is: 'ready', file: freshFile }
    await file.close()
    return [fresh, freshFile]
  }

  /** The mark first: it may already count the commit that is to be cut off. */
  async #mend(segment: Segment): Promise<DiskFile> {
    await this.#markSync
    await this.#mark.reopen()
    await this.#setMark()
    this.#markError = null
    const file = await this.#place.disk.open(segment.path, 'write')
    try {
      await file.truncate(segment.endBytes)
      await file.sync()
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    this.#state = { is: 'ready', file }
    return file
  }

  async #setMark(): Promise<void> {
    this.#mark.write(this.#last)
    await this.#mark.sync()
    this.#unsyncedMarks = 0
  }

  #syncMarkSometimes(): void {
    this.#unsyncedMarks++
    if (this.#unsyncedMarks < MARK_SYNC_COMMITS) return
    this.#unsyncedMarks = 0
    this.#markSync = this.#mark.sync().catch((error: unknown) => {
      this.#markError = error
    })
  }

  async #break(): Promise<void> {
    const state = this.#state
    if (state.is !== 'ready') return
    this.#state = { is: 'broken' }
    await state.file.close().catch(() => undefined)
  }
}
