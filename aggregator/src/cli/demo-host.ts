/** What runs the demo, `pulssi dev`, does for it. */
export interface DemoHost {
  /** The first port to try; 0: any free ones. The shop's is ten more, the hook receiver's twenty. */
  readonly port: number
  /** Visitors who come a second, on average; 0: nobody but you. */
  readonly visitorsPerSecond: number
  /** The same seed brings the same visitors. */
  readonly seed: number
  /** Hours before now in which visitors have already been there, where the data folder is fresh. */
  readonly pastHours: number
  /** Aborts when the demo is to end. */
  readonly signal: AbortSignal
  say(line: string): void
  /**
   * Starts the aggregator at 127.0.0.1 with this configuration, whose secrets stand in `env`. Rejects with what `listen`
   * says where the port is taken.
   */
  serve(config: object, env: Readonly<Record<string, string>>): Promise<DemoServer>
}

export interface DemoServer extends Part {
  readonly url: string
  /** Nothing was ever counted in its data folder. */
  readonly isFresh: boolean
}

/** What was started. */
export interface Part {
  stop(): Promise<void>
}

/** What the demo's module exports. */
export interface DemoModule {
  /** Starts everything else: shop, phone desk, receiver of hooks, visitors. What was started is ended where a part fails. */
  startDemo(host: DemoHost): Promise<Part>
}
