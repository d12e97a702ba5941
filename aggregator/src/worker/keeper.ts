/** Who keeps what leaves the engines: 15 min slices, final, as `quartersOf` reads them. A replay brings them again. */
export interface Keeper {
  /** `through`: index of the newest slice among them. */
  take(partition: number, departed: Uint8Array, through: number): void
  /** Resolves once there is room for more, or `signal` aborts. */
  room(partition: number, signal: AbortSignal): Promise<void>
  /** Forgets what was taken of a partition and isn't kept yet: whoever serves it next brings it again. */
  drop(partition: number): void
  /** Resolves once all that was taken before is durable. `clock`: the partition's, ms since 1970. */
  keep(partition: number, clock: number): Promise<void>
}
