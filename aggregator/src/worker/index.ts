export { type ClockMode, countedWith, keepConfig, layFoundation, StartRefused } from './bootstrap.js'
export { writeImage } from './image.js'
export type { OnImage } from './imager.js'
export type { Keeper } from './keeper.js'
export { IMAGES } from './limits.js'
export { type Folded, REFUSAL_FIELDS, VERDICT_FIELDS } from './messages.js'
export type { WorkerOptions } from './options.js'
export { PacedBus } from './paced-bus.js'
export {
  onWanted,
  PARTIALS,
  type PartialHeader,
  type PartialPart,
  partitionOf,
  unpackPartial,
  wantSubject,
} from './partial.js'
export { packSaid, SAID, saidSubject, unpackSaid } from './said.js'
export { type Found, imageKey, ListedShelf, readOne, type Shelf } from './shelf.js'
export { FOLDED, foldedSubject, packFolded, unpackFolded } from './verdicts.js'
export { Worker } from './worker.js'
