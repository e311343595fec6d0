import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'

// A program for Bun: the parser imports JSON in a way that Node refuses. Prints the faults of the workflow files that it is given, a line each.
for (const file of process.argv.slice(2)) {
  const { context, value } = parseWorkflow({ name: basename(file), content: readFileSync(file, 'utf8') }, new NoOperationTraceWriter())
  const faults = context.errors.getErrors().map(({ message }) => message)
  if (value) {
    const template = await convertWorkflowTemplate(context, value)
    faults.push(...(template.errors ?? []).map(({ Message }) => Message))
  }
  for (const fault of new Set(faults)) console.log(fault)
}
