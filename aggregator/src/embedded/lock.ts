import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Another process owns the folder. */
export class FolderLocked extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FolderLocked'
  }
}

/** Who holds a lock. `startedAt` tells a process from a later one with the same id; '' where the system can't say. */
interface Owner {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly startedAt: string
}

const LOCK = 'lock'
const TRIES = 3
/** Places of the state and the start time among the fields of /proc/PID/stat that follow the command's name. */
const STATE_FIELD = 0
const START_FIELD = 19
/** A process that has died and whose parent hasn't asked yet: it answers signals, but it owns nothing. */
const ZOMBIE = 'Z'

const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[STATE_FIELD] === ZOMBIE ? 'died' : `${boot}/${fields[START_FIELD] ?? ''}`
  } catch {
    return ''
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const readOwner = (path: string): Owner | null => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    return null
  }
}

/** A lock of another machine can't be judged from here, so it counts as held. */
const isHeld = ({ host, pid, startedAt }: Owner): boolean =>
  host !== hostname() || (isAlive(pid) && (startedAt === '' || startOf(pid) === startedAt))

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** Puts the lock in place unless one is there: a link fails where a write would replace. */
const place = (own: string, path: string): boolean => {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead owner's lock aside; puts it back if someone else's came in between. */
const removeStale = (folder: string, path: string, stale: Owner | null): void => {
  const aside = join(folder, `${LOCK}.${randomUUID()}`)
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (readOwner(aside)?.id !== stale?.id) place(aside, path)
  unlinkSync(aside)
}

/**
 * Makes this process the only owner of a folder until the returned function is called. A lock left by a process that
 * died is taken over. Throws FolderLocked.
 */
export const lockFolder = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, LOCK)
  const owner: Owner = { id: randomUUID(), host: hostname(), pid: process.pid, startedAt: startOf(process.pid) }
  const own = join(folder, `${LOCK}.${owner.id}`)
  writeFileSync(own, JSON.stringify(owner), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (place(own, path)) {
        return () => {
          if (readOwner(path)?.id === owner.id) unlinkSync(path)
        }
      }
      const other = readOwner(path)
      if (other !== null && isHeld(other)) throw new FolderLocked(heldText(folder, path, other))
      removeStale(folder, path, other)
    }
    throw new FolderLocked(`${folder} is being taken by several processes at once: start one of them again`)
  } finally {
    unlinkSync(own)
  }
}

const heldText = (folder: string, path: string, { host, pid }: Owner): string =>
  host === hostname()
    ? `${folder} belongs to the running process ${pid}: stop that one, or use another data folder (--data)`
    : `${folder} belongs to process ${pid} on ${host}: use another data folder (--data), or, if that machine is gone for good, delete ${path}`
