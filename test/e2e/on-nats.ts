/** The files of end-to-end tests that a cluster doesn't run, each with its reason; all others hold for it, too. */
export const FILES_NOT_ON_NATS: Readonly<Record<string, string>> = {
  'alerts-elsewhere': 'has a cluster of its own',
  'cli-completion': 'no server',
  'cli-doctor-page': 'no state that is kept',
  'cli-init': 'no server but a stand-in',
  'cluster-ops': 'has a cluster of its own',
  compact: 'the bytes of the data folder',
  crash: 'the data folder after a kill; test/cluster kills members of a cluster',
  doctor: 'the data folder; the contract tests have the one of a cluster',
  forget: 'the bytes of the data folder, after a compaction',
  'history-kill': 'the data folder after a kill',
  'hooks-crash': 'the data folder after a kill',
  'metrics-faults': 'faults of a disk',
  'moving-up': 'has a cluster of its own',
  'start-fails': 'the data folder that another holds',
}

/** Tests of the other files, by their titles. */
export const TESTS_NOT_ON_NATS: Readonly<Record<string, string>> = {
  'the journey map goes into every partition’s log once': 'reads the log of the data folder',
  'N37 a restart, a backup and a compaction change nothing of it': 'only a data folder is compacted',
  'a backup under load holds all that was acknowledged': 'restores into a data folder; moving-up and cluster-ops go on',
  'a backup of a stopped server gives the same journey': 'a cluster has no stopped server',
  'what is known of a visitor is told, then erased, by a running server and a stopped one': 'compacts the data folder',
  'none but an administrator’s program gives orders': 'compacts the data folder',
  'without keys and tokens orders are taken': 'compacts the data folder',
  'the data folder': 'the bytes of the data folder',
}

/** Tests that speak with one gateway, and so not where every other socket goes to a second one. */
export const TESTS_NOT_IN_CLUSTER: Readonly<Record<string, string>> = {
  'W70: an ask for a visitor without a page': 'looks at the metrics of the gateway that it asks',
  'W76: a flood from one address counts': 'each gateway counts the comments that it takes',
  'thousands of touchpoints that no map knows take the places': 'each partition has so many places; here are several',
  'a subscriber that never reads, but sends pongs: cut off': 'looks for the socket in the gateway that it asks',
  'keys are guessed: after so many wrong ones': 'each gateway counts the guesses that it sees',
  'the caps are those of the address that a trusted proxy names': 'each gateway caps its own connections',
  'too many connections of one address, and too many in all': 'each gateway caps its own connections',
  'an Origin that looks like a listed one is none': 'each gateway has a port of its own, and origins by it',
  'counts what came in and what became of it': 'each gateway counts what it took itself',
}
