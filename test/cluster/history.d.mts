export interface HistoryRecord {
  readonly sequence: number
  readonly atMs: number
  readonly key: string
  readonly value: Readonly<Record<string, unknown>> | null
}
export interface LeaseRow {
  readonly name: string
  readonly epoch: number
  readonly owners: number
  readonly takeovers: number
  readonly releases: number
  readonly commits: number
  readonly lateCommits: number
  readonly longestGapMs: number
}
export const checkHistory: (records: readonly HistoryRecord[]) => {
  readonly records: number
  readonly rows: readonly LeaseRow[]
  readonly wrong: readonly string[]
}
