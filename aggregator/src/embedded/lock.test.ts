import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderLocked, lockFolder } from './lock.js'
import { openEmbedded } from './open.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const leave = (owner: Record<string, unknown>): void =>
  writeFileSync(
    join(folder, 'lock'),
    JSON.stringify({ id: 'other', host: hostname(), pid: 1, startedAt: '', ...owner }),
  )

test('a second owner is refused by name until the first is done', () => {
  const unlock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(FolderLocked)
  expect(() => lockFolder(folder)).toThrow(new RegExp(`running process ${process.pid}.*--data`))
  unlock()
  lockFolder(folder)()
  expect(readdirSync(folder)).toEqual([])
})

test('the lock of a process that died is taken over, and so is one whose id was given away again', () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  leave({ pid: dead })
  lockFolder(folder)()
  leave({ pid: process.pid, startedAt: 'another boot/1' })
  lockFolder(folder)()
  writeFileSync(join(folder, 'lock'), 'half writ')
  lockFolder(folder)()
})

test('a process that died and was not asked for yet owns nothing', async () => {
  // The shell never waits for its child, which lives on as a zombie until the shell ends.
  const script = `${process.execPath} -e "setTimeout(() => {}, 1e6)" & echo $!; exec sleep 60`
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [said] = await once(shell.stdout, 'data')
    const pid = Number(String(said))
    const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    leave({ pid, startedAt: `${boot}/${stat()[19]}` })
    expect(() => lockFolder(folder)).toThrow(FolderLocked)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => stat()[0]).toBe('Z')
    lockFolder(folder)()
  } finally {
    shell.kill('SIGKILL')
  }
})

test('a lock of another machine is respected, and the message says which file to delete', () => {
  leave({ host: 'elsewhere' })
  expect(() => lockFolder(folder)).toThrow(/process 1 on elsewhere.*delete .*lock$/)
})

test('unlocking leaves a lock alone that is no longer its own', () => {
  const unlock = lockFolder(folder)
  leave({ id: 'the next' })
  unlock()
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toContain('the next')
})

test('two servers on one data folder: the second is refused; after a close it may', async () => {
  const first = await openEmbedded(folder, { partitions: 1 })
  await first.log.append(0, Buffer.from('a'))
  await first.store.put('k', Buffer.from('v'), null)
  await expect(openEmbedded(folder, { partitions: 1 })).rejects.toBeInstanceOf(FolderLocked)
  await first.close()
  await expect(openEmbedded(folder, { partitions: 2 })).rejects.toThrow(/partitions/)
  const second = await openEmbedded(folder, { partitions: 1 })
  expect(await second.log.bounds(0)).toEqual({ first: 1, last: 1 })
  expect(await second.store.keys('')).toEqual(['k'])
  await second.close()
})
