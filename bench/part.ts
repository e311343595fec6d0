export type RuntimeName = 'node' | 'bun' | 'python'

/** A program that the runner starts with PORT set. It listens on 127.0.0.1 and ends at SIGTERM. */
export interface Command {
  runtime: RuntimeName
  /**
   * Where it is started, from the repository's root.
   * @default the root itself
   */
  directory?: string
  /** The runtime's own flags, then the file. */
  command: readonly string[]
  /** All that the program sees of the environment, besides PATH, PORT and NODE_ENV=production. `{visit}` in a value becomes the visit's name. */
  environment?: Readonly<Record<string, string>>
}

/** The request that a contender is measured by. */
export interface MeasuredRequest {
  /** @default GET */
  method?: string
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** What the request must be answered with, before anything is measured. */
export type ExpectedAnswer = {
  status: number
  /** Parameters, such as `charset`, are not compared. */
  contentType: string
} & (ExpectedText | ExpectedJson)

export interface ExpectedText {
  body: string
}

export interface ExpectedJson {
  /** The order of members and the spelling of numbers are not compared. */
  json: unknown
  /** Members that the server makes itself: it must answer with a text, and any will do. */
  made?: readonly string[]
}

export interface Probe {
  request: MeasuredRequest
  expected: ExpectedAnswer
}

/** What one visit left behind, for a contender's own check. */
export interface Visit {
  /** No other visit has it. */
  name: string
  /** How many requests were answered. */
  requests: number
  /** How many more may have been on their way when a load generator stopped. */
  unfinished: number
  /** Standard output of the server. */
  logFile: string
  /** What the contender's `metricsPath` said after the load. */
  metrics: string | undefined
}

/** What a contender's cost may be at most, as a multiple of another's in the same round. */
export interface Bound {
  /** The label of the other one: on the same runtime, where there is one. */
  to: string
  atMost: number
}

/** One server of a comparison. */
export interface Contender extends Command, Probe {
  label: string
  /** What is asked of the server. Contenders are compared with those of the same operation and database, in a table of their own. */
  operation?: string
  database?: string
  /** The other contenders on the same runtime are compared with this one. */
  isBaseline?: boolean
  bounds?: readonly Bound[]
  /** Others like `request`, in path and body alone; each time one of them all is sent, at random. The first few are verified too. */
  alternatives?: readonly Probe[]
  /** Called before each start. Resolves to more of the environment: where the data is, made anew. */
  prepare?(visit: string): Promise<Readonly<Record<string, string>>>
  /** The process whose CPU time counts, with those that descend from it; the program moves to the load generator's core then. @default the program itself */
  findMeasured?(pid: number): number
  /** Read after the load, where the check wants it. */
  metricsPath?: string
  /** Called after the server ended. Returns a sentence for each thing that is not as the label says. */
  check?(visit: Visit): Promise<string[]>
}

/** One comparison: the default export of `bench/parts/<name>.ts`. */
export interface Part {
  name: string
  /** One line, for the list of parts and above the table. */
  summary: string
  /** Sentences below the table: what a reader must know to judge it. */
  notes: readonly string[]
  /** Folders, from the repository's root, whose package.json lists what is compared; the report names the versions. */
  dependenciesOf: readonly string[]
  /** Gets what the part needs of the machine. Resolves to its versions, by name. */
  install?(): Promise<Readonly<Record<string, string>>>
  /** Programs that the contenders need beside them, by name: collectors, databases, stand-ins. They answer GET / when they can be used. */
  helpers?: Readonly<Record<string, Command>>
  /** @param helperUrls Where each helper answers, by name, without a slash at the end. */
  contenders(helperUrls: Readonly<Record<string, string>>): readonly Contender[]
}
