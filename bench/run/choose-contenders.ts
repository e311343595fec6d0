import type { BenchOptions } from '../parse-options.ts'
import type { Contender } from '../part.ts'

type Choice = Pick<BenchOptions, 'only' | 'operation' | 'database'>

/** Whether the options leave some contenders out, so that the result is not the whole. */
export function isFiltered({ only, operation, database }: Choice): boolean {
  return [only, operation, database].some((words) => words.length > 0)
}

/** By words of label and runtime, of operation, and of database; the baselines of those stay, for the others are compared with them. */
export function chooseContenders(contenders: readonly Contender[], { only, operation, database }: Choice): Contender[] {
  return contenders.filter((contender) => {
    const { label, runtime, isBaseline } = contender
    const isNamed = isBaseline === true || hasOneOf(only, `${label} (${runtime})`)
    return isNamed && hasOneOf(operation, contender.operation) && hasOneOf(database, contender.database)
  })
}

function hasOneOf(words: readonly string[], text = ''): boolean {
  return words.length === 0 || words.some((word) => text.toLowerCase().includes(word.toLowerCase()))
}
