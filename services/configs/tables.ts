export interface Tables {
  config: {
    position: number
    dcname: string
    revision: string
    /** JSON. */
    metadata: string
  }
  /** What each config can be found by. */
  config_condition: {
    dcname: string
    digest: string
  }
}
