/** Fields beside the message; keep names in OpenTelemetry's attribute style (`db.operation.name`). */
export type LogFields = Readonly<Record<string, unknown>>

/** Writes one JSON line a call. Within a request the line carries its trace, span and request id. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  /** Put an Error under `error`; its type, message and stack are written as OpenTelemetry's `exception.*`. */
  error(message: string, fields?: LogFields): void
}
