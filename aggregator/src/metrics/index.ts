export { Exposition } from './exposition.js'
export type {
  AlertFigures,
  BoardFigures,
  ClusterFigures,
  ImageFigures,
  LeaseFigures,
  LinkFigures,
  Queue,
  Snapshot,
  Traffic,
  WorkerFigures,
} from './snapshot.js'
export { LeftOut, Tally, Unsaid } from './tally.js'
export { TimedLog } from './timed-log.js'
