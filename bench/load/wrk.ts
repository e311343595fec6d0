import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { runBounded } from '../host/bounded-process.ts'
import { LOAD_GRACE_SECONDS, type Load, type LoadGenerator, type LoadResult } from './load-generator.ts'

/** @param folder For the scripts that tell wrk of requests other than a plain GET. */
export function createWrk(program: string, prefix: readonly string[], folder: string): LoadGenerator {
  return {
    description: `wrk ${wrkVersion(program)}, one thread`,
    async run({ url, requests, connections, seconds }) {
      const script = toScript(requests)
      const file = join(folder, 'request.lua')
      if (script !== '') writeFileSync(file, script)
      const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...(script === '' ? [] : ['-s', file])]
      const output = await runBounded([...prefix, program, ...options, url + requests[0].path], { timeout: seconds + LOAD_GRACE_SECONDS })
      return parseWrkOutput(output)
    },
  }
}

/** wrk prints its version with its usage, and fails then. */
function wrkVersion(program: string): string {
  const usage = execFileSync('sh', ['-c', '"$1" -v 2>&1 || true', 'sh', program], { encoding: 'utf8' })
  return /wrk (?:debian\/)?(\S+)/.exec(usage)?.[1] ?? 'of an unknown version'
}

/** Lua: a JSON string is a Lua string too, as long as it has no unicode escapes, which JSON.stringify makes for control characters alone. */
export function toScript(requests: Load['requests']): string {
  const [{ method = 'GET', headers = {}, body }, ...others] = requests
  if (method === 'GET' && body === undefined && Object.keys(headers).length === 0 && others.length === 0) return ''
  return [
    `wrk.method = ${JSON.stringify(method)}`,
    ...(body === undefined ? [] : [`wrk.body = ${JSON.stringify(body)}`]),
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    ...(others.length === 0 ? [] : [toChoice(requests)]),
  ].join('\n')
}

/** Every request is put together once. LuaJIT's random numbers begin with the same seed each time, so all servers are asked the same. */
function toChoice(requests: Load['requests']): string {
  const list = (texts: readonly (string | undefined)[]) =>
    `{ ${texts.map((text) => (text === undefined ? 'false' : JSON.stringify(text))).join(', ')} }`
  return `local paths = ${list(requests.map(({ path }) => path))}
local bodies = ${list(requests.map(({ body }) => body))}
local texts = {}
function init()
  for place, path in ipairs(paths) do texts[place] = wrk.format(nil, path, nil, bodies[place] or nil) end
end
function request()
  return texts[math.random(#texts)]
end`
}

const MILLISECONDS = { us: 0.001, ms: 1, s: 1000, m: 60_000 } as const

export function parseWrkOutput(output: string): LoadResult {
  const [, p99 = '', unit = ''] = /^\s+99%\s+([\d.]+)(us|ms|s|m)\s*$/m.exec(output) ?? []
  const requests = Number(/^\s+(\d+) requests in /m.exec(output)?.[1])
  const requestsPerSecond = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(output)?.[1])
  if (Number.isNaN(requests) || Number.isNaN(requestsPerSecond) || p99 === '')
    throw new BenchError(`wrk's output could not be read; use wrk 4.\n${output}`)
  const not2xx = Number(/^\s+Non-2xx or 3xx responses: (\d+)/m.exec(output)?.[1] ?? 0)
  const socketErrors = /^\s+Socket errors: (.*)$/m.exec(output)?.[1]?.match(/\d+/g) ?? []
  return {
    requests,
    failures: socketErrors.reduce((sum, count) => sum + Number(count), not2xx),
    requestsPerSecond,
    p99Milliseconds: Number(p99) * MILLISECONDS[unit as keyof typeof MILLISECONDS],
  }
}
