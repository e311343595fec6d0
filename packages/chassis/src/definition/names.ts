/** RFC 1123 label, at most 53 characters: Helm adds to a release's name within Kubernetes' 63. */
export const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/
export const ENVIRONMENT_NAME = /^[A-Z][A-Z0-9_]*$/
export const MEMBER_NAME = /^[a-z][A-Za-z0-9]*$/
export const METRIC_NAME = /^[a-z][a-z0-9_]*$/
/** Metrics that every service has without asking: of the chassis itself, and of what the runtimes collect. */
export const CHASSIS_METRIC =
  /^(service_info|http_server_active_requests|http_server_request_duration_seconds(_(bucket|sum|count))?|(otel_sdk|process|nodejs|bun)_.*)$/
export const PROBLEM_CODE = /^[a-z][a-z0-9_]*$/
/** Segments of RFC 3986 unreserved characters, or one parameter. */
export const ROUTE_PATH = /^\/$|^(\/([A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\}))+$/

/** One media type (RFC 6838, section 4.2), without parameters and in lower case: `text/csv`. */
export const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/

/** Paths that every service has without asking. */
export const RESERVED_PATHS = ['/livez', '/readyz', '/startupz', '/healthz', '/version', '/metrics', '/openapi.json', '/docs'] as const

/** The environment variables that every service reads; `run/base-config.ts` says what each means. */
export const BASE_KEYS = [
  'DEPLOYMENT',
  'PORT',
  'MANAGEMENT_PORT',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'DRAIN_DELAY',
  'DRAIN_TIMEOUT',
  'REQUEST_DEADLINE',
  'MAX_BODY_BYTES',
  'MAX_HEADER_BYTES',
  'MAX_JSON_DEPTH',
  'MAX_CONCURRENT_REQUESTS',
  'KEEP_ALIVE_TIMEOUT',
  'COMPRESS_FROM_BYTES',
  'CORS_ORIGINS',
  'OTEL_SDK_DISABLED',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_EXPORTER',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_BSP_SCHEDULE_DELAY',
] as const
export type BaseKey = (typeof BASE_KEYS)[number]

const SECRET_WORDS = new Set(['PASSPHRASE', 'PWD', 'APIKEY', 'CREDENTIAL', 'CREDENTIALS', 'JWT'])
/** Names run these together with others: DBPASSWORD, PASSWORDS. */
const SECRET_AFFIX = /^(PASSWORD|PASSWD|SECRET|TOKEN)|(PASSWORD|PASSWD|SECRET|TOKEN)$/
/** In the midst of a name a KEY is mostly a database's (PRIMARY_KEY_COLUMN), but for these. */
const KEY_KINDS = new Set(['API', 'PRIVATE', 'ACCESS', 'SECRET', 'SIGNING', 'ENCRYPTION'])

/** Whether an environment variable's name says that its value is a secret, as Polaris and Kubescape read it. */
export function looksSecret(key: string): boolean {
  return key.split('_').some((word, index, words) => {
    if (word === 'KEY') return index === words.length - 1 || KEY_KINDS.has(words[index - 1] ?? '')
    return SECRET_WORDS.has(word) || SECRET_AFFIX.test(word)
  })
}
