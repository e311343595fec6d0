/** The user table of ICAT (https://icatproject.org), as far as it is read. Times are UTC, and have no zone of their own. */
export interface Tables {
  USER_: {
    ID: number
    CREATE_ID: string
    CREATE_TIME: string
    MOD_ID: string
    MOD_TIME: string
    AFFILIATION: string | null
    EMAIL: string | null
    FULLNAME: string | null
    NAME: string
    ORCIDID: string | null
  }
}
