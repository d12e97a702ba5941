import { type CopyOptions, NatsCopy } from '../nats/index.js'
import { checkArchive, type Manifest } from './archive.js'
import { fill } from './fill.js'

export type ClusterPlace = Omit<CopyOptions, 'firsts'>

/**
 * Makes a project of a cluster from a backup, with as many partitions as the archive has. The whole archive is checked
 * before anything is written, and no member takes the project before all of it is there; where that fails, all of it is
 * taken away again; until then `signal` ends it. Throws BadArchive, ProjectInUse.
 */
export const restoreCluster = async (
  archive: string,
  place: ClusterPlace,
  signal: AbortSignal = new AbortController().signal,
): Promise<Manifest> => {
  const manifest = await checkArchive(archive)
  const copy = await NatsCopy.open({ ...place, firsts: manifest.log.map(({ first }) => first) })
  try {
    try {
      await fill(copy, archive, manifest, signal)
    } catch (error) {
      await copy.undo().catch(() => undefined)
      throw error
    }
    await copy.finish()
  } finally {
    await copy.close()
  }
  return manifest
}
