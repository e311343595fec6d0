import { type Logger as PinoLogger, pino } from 'pino'
import type { LogFields, Logger } from '../definition/logger.ts'
import type { LineWriter } from './line-writer.ts'
import type { SecretTexts } from './secret-texts.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LoggerOptions {
  level: LogLevel
  service: string
  deployment: string
  writer: LineWriter
  secrets: SecretTexts
}

/** Fields whose values are never logged, whoever passes them. */
const SENSITIVE_FIELDS = ['authorization', 'cookie', 'password', 'passwd', 'secret', 'token', 'apiKey', 'api_key', 'accessToken', 'access_token']
const CENSOR = '[redacted]'

/** The log of a service, and of each of its requests. */
export interface ServiceLogger extends Logger {
  readonly level: LogLevel
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): ServiceLogger
  /** Logs at the level of an error, then hands everything to the operating system. */
  fatal(message: string, fields?: LogFields): void
  flush(): void
}

/** JSON lines with `time` (ISO 8601, UTC), `level`, `service`, `deployment`, `message`, then the line's own fields. */
export function createLogger(options: LoggerOptions): ServiceLogger {
  const { level, service, deployment, writer, secrets } = options
  const logger = pino(
    {
      level,
      base: { service, deployment },
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SENSITIVE_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: CENSOR },
    },
    { write: (line: string) => writer.write(secrets.censor(line)) },
  )
  return wrap(logger, level, writer)
}

function wrap(logger: PinoLogger, level: LogLevel, writer: LineWriter): ServiceLogger {
  return {
    level,
    debug: (message, fields) => logger.debug(withException(fields), message),
    info: (message, fields) => logger.info(withException(fields), message),
    warn: (message, fields) => logger.warn(withException(fields), message),
    error: (message, fields) => logger.error(withException(fields), message),
    fatal(message, fields) {
      logger.fatal(withException(fields), message)
      writer.flush()
    },
    child: (fields) => wrap(logger.child(fields), level, writer),
    flush: () => writer.flush(),
  }
}

function withException(fields: LogFields | undefined): LogFields {
  if (fields === undefined) return {}
  const { error, ...rest } = fields
  if (error === undefined) return fields
  return { ...rest, ...exceptionFields(error) }
}

/** OpenTelemetry semantic conventions, exceptions in logs. */
function exceptionFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { 'exception.message': String(error) }
  return { 'exception.type': error.name, 'exception.message': error.message, 'exception.stacktrace': stackOf(error) }
}

function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own
}
