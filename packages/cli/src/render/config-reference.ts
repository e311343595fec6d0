import type { ConfigKeyDescription } from '@slipway/chassis'
import { groupByOwner } from './group-by-owner.ts'
import { MARK } from './rendered-files.ts'

const HEADINGS = ['Key', 'What for', 'Must be', 'Default']

/** The config reference of a service, as Markdown. */
export function renderConfigReference(serviceName: string, keys: readonly ConfigKeyDescription[]): string {
  const head = [
    `<!-- ${MARK} render from the definition of ${serviceName}. Don't edit it here. -->`,
    `# What ${serviceName} reads from its environment`,
    'A key that is marked secret can also be read from a file, which the same name with `_FILE` names; the file is read again when it changes.',
  ]
  const groups = groupByOwner(keys).map(({ title, members }) => `## ${title}\n\n${renderTable(members)}`)
  return `${[...head, ...groups].join('\n\n')}\n`
}

function renderTable(keys: readonly ConfigKeyDescription[]): string {
  const rows = keys.map(({ key, description, expects, isSecret, isRequired, default: value }) => {
    const kind = isSecret ? `${expects}; secret` : expects
    return [code(key), text(description), text(kind), isRequired ? '**required**' : value === undefined ? '' : code(value)]
  })
  return [HEADINGS, HEADINGS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** In a cell a pipe would begin the next one, and an angle bracket a tag. */
function text(plain: string): string {
  return plain.replaceAll(/[\\|*_<>`]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ')
}

function code(plain: string): string {
  return `\`${plain.replaceAll('|', '\\|')}\``
}
