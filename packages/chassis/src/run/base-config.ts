import { z } from 'zod'
import type { BaseKey } from '../definition/names.ts'
import { secret } from '../definition/secret.ts'
import { parsePairs } from '../observe/parse-pairs.ts'

const seconds = () => z.number().min(0).max(3600)
const bytes = () =>
  z
    .int()
    .min(0)
    .max(2 ** 30)
/** `localhost:4318` parses as a URL whose scheme is localhost, and credentials in a URL end up in messages. */
const collectorUrl = () =>
  z.url({ protocol: /^https?$/ }).refine((text) => !/\/\/[^/]*@/.test(text), 'It must not hold credentials; put them into OTEL_EXPORTER_OTLP_HEADERS')
const pairs = (isRight: (name: string, value: string) => boolean) =>
  z.string().refine((text) => {
    const parsed = Object.entries(parsePairs(text))
    return parsed.length === text.split(',').length && parsed.every(([name, value]) => isRight(name, value))
  }, 'It must be key=value pairs separated by commas, percent-encoded')
const isHeaderField = (name: string, value: string) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
const milliseconds = () => z.int().min(0).max(3_600_000)

/** What every service reads from its environment, beside its own config. OTEL_* keys mean what the OpenTelemetry specification says. */
export const baseConfig = {
  DEPLOYMENT: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
    .max(253)
    .optional()
    .describe("The name of this deployment, in logs, metrics and traces. Unset: the service's name."),
  PORT: z.int().min(1).max(65535).default(8080).describe("The port that the service's routes answer on."),
  MANAGEMENT_PORT: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe('A port of their own for health and metrics, which are then not on PORT. Unset: they share PORT.'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least level that is logged. Access lines are info, or error when the status is 500 or more.'),
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty']).default('auto').describe('auto: readable on a terminal, JSON lines elsewhere.'),
  DRAIN_DELAY: seconds()
    .default(5)
    .describe('Seconds to go on serving after SIGTERM, unready, until load balancers have noticed. Ctrl-C does not wait.'),
  DRAIN_TIMEOUT: seconds().default(20).describe('Seconds that requests in flight get to finish after the drain delay.'),
  REQUEST_DEADLINE: z
    .number()
    .positive()
    .max(3600)
    .default(10)
    .describe("Seconds until a request is answered with 504 and its handler's signal is aborted."),
  MAX_BODY_BYTES: bytes()
    .default(1_048_576)
    .describe('The largest request body, where a route has no limit of its own; a larger one is answered with 413.'),
  MAX_HEADER_BYTES: z.int().min(1024).max(1_048_576).default(16_384).describe('The largest request head; a larger one is answered with 431.'),
  MAX_JSON_DEPTH: z.int().min(1).max(10_000).default(64).describe('The deepest nesting of a JSON body; a deeper one is answered with 400.'),
  MAX_CONCURRENT_REQUESTS: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1000)
    .describe('Requests in flight at once; one more is answered with 503 and Retry-After. Health and metrics do not count.'),
  KEEP_ALIVE_TIMEOUT: z
    .int()
    .min(1)
    .max(255)
    .default(72)
    .describe('Seconds that an idle connection stays open; must be more than any load balancer in front waits.'),
  COMPRESS_FROM_BYTES: bytes().default(2048).describe('Answers from this size on are compressed for clients that accept gzip. 0: never.'),
  CORS_ORIGINS: z
    .array(z.string().regex(/^\*$|^https?:\/\/[^/\s]+$/))
    .default([])
    .describe('Origins whose pages may call the service, separated by commas, or *. Unset: none.'),
  OTEL_SDK_DISABLED: z.boolean().default(false).describe('Switches tracing off.'),
  OTEL_SERVICE_NAME: z.string().min(1).optional().describe("service.name of traces. Unset: the deployment's name."),
  OTEL_RESOURCE_ATTRIBUTES: pairs(() => true)
    .optional()
    .describe('Attributes of the deployment in traces, as key=value pairs separated by commas.'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp').describe('Where traces go.'),
  OTEL_TRACES_SAMPLER: z
    .enum(['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'])
    .default('parentbased_always_on')
    .describe('Which requests are traced.'),
  OTEL_TRACES_SAMPLER_ARG: z.number().min(0).max(1).default(1).describe('The ratio that a traceidratio sampler traces.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf']).default('http/protobuf').describe('How traces travel.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl().optional().describe('Base URL of an OTLP/HTTP collector. Unset: nothing is traced.'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl().optional().describe('Full URL for traces; replaces OTEL_EXPORTER_OTLP_ENDPOINT.'),
  OTEL_EXPORTER_OTLP_HEADERS: secret(pairs(isHeaderField))
    .optional()
    .describe('Header fields for the collector, as key=value pairs separated by commas.'),
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds().default(10_000).describe('Milliseconds that an export may take, retries included.'),
  OTEL_BSP_MAX_QUEUE_SIZE: z.int().min(1).max(1_000_000).default(2048).describe('Spans that wait for export; more are dropped and counted.'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: z.int().min(1).max(1_000_000).default(512).describe('Spans an export.'),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds().default(5000).describe('Milliseconds between exports.'),
} satisfies Record<BaseKey, z.ZodType>

export type BaseConfig = { readonly [Key in BaseKey]: z.output<(typeof baseConfig)[Key]> }
