/** Where log lines go, each with its line break. */
export interface LineWriter {
  write(line: string): void
  /** Hands everything written so far to the operating system. */
  flush(): void
}
