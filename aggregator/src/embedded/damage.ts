/** The data folder can't be used as it stands; the message says what is lost and what to do. */
export class DamagedFolder extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DamagedFolder'
  }
}

/** The log can't be read as it stands. */
export class DamagedLog extends DamagedFolder {
  constructor(message: string) {
    super(message)
    this.name = 'DamagedLog'
  }
}

/** The small values can't be read as they stand. */
export class DamagedStore extends DamagedFolder {
  constructor(message: string) {
    super(message)
    this.name = 'DamagedStore'
  }
}

/** What somebody may do who has lost a part of the log. */
export const LOG_ADVICE =
  'Restore the file from a backup; or move the data folder away to start anew without its history.'

/** What is lost where entry `expected` can't be read and the next one that can is `later` (null: none). */
export const damageText = (
  path: string,
  partition: number,
  atBytes: number,
  expected: number,
  later: number | null,
): string => {
  const many = later !== null && later - 1 > expected
  const lost =
    later === null ? `entries from ${expected} on` : many ? `entries ${expected} to ${later - 1}` : `entry ${expected}`
  return `${path} is damaged at byte ${atBytes}: ${lost} of partition ${partition} can't be read, although acknowledged. ${LOG_ADVICE}`
}

/** What is lost where a partition ends before what the mark says was durable. */
export const missingText = (path: string, partition: number, last: number, durable: number): string => {
  const lost = durable === last + 1 ? `entry ${durable} is` : `entries ${last + 1} to ${durable} are`
  return `${path} ends at entry ${last} of partition ${partition}: ${lost} missing, although acknowledged. ${LOG_ADVICE}`
}
