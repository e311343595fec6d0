import type { ConfigKeyDescription } from '@slipway/chassis'
import { groupByOwner } from './group-by-owner.ts'
import { MARK } from './rendered-files.ts'

/**
 * A service's `.env.example`. What must be set stands open, everything else is commented out with its default.
 * A secret has no value; a default that it has is none, or it would not be told.
 */
export function renderEnvExample(serviceName: string, keys: readonly ConfigKeyDescription[]): string {
  const head = [
    `# ${MARK} from the definition of ${serviceName}. Don't edit it here: copy it to .env, and edit that.`,
    `# To run with it: set -a; . ./.env; set +a; npx slipway run ${serviceName}`,
    '# In a container: docker run --env-file .env, which takes quotes as part of the value.',
    '# A line that is commented out shows the default, or that there is none.',
  ]
  const groups = groupByOwner(keys).map(({ title, members }) => [`# ---- ${title}`, ...members.map(renderKey)].join('\n\n'))
  return `${[head.join('\n'), ...groups].join('\n\n')}\n`
}

function renderKey({ key, description, expects, isSecret, isRequired, default: value }: ConfigKeyDescription): string {
  const kind = [isRequired ? 'Required' : 'Optional', ...(isSecret ? [`secret; ${key}_FILE may name a file that holds it`] : [])].join(', ')
  const line = `${key}=${value === undefined ? '' : quote(value)}`
  return [...description.split('\n').map((text) => `# ${text}`), `# ${kind}: ${expects}.`, isRequired ? line : `#${line}`].join('\n')
}

/** Quotes where a shell, or another reader of such files, would otherwise trim, cut or expand. */
function quote(value: string): string {
  if (/^[\w.:/@%+,*-]*$/.test(value)) return value
  if (value.includes("'") && !/["$`\\]/.test(value)) return `"${value}"`
  return `'${value.replaceAll("'", "'\\''")}'`
}
