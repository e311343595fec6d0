import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isSeq, parseDocument, type YAMLMap } from 'yaml'

// What a release changes: the tag of every image in an environment's overlay. Comments and order stay as they are.
const [environment = '', tag = ''] = process.argv.slice(2)
const file = `deploy/overlay/${environment}/kustomization.yaml`

if (!/^\w[\w.-]{0,127}$/.test(tag))
  fail(`A tag has letters, digits, dots, hyphens and underscores; it is ${JSON.stringify(tag)}. Name one with TAG=1.2.0.`)
if (!/^[a-z0-9-]+$/.test(environment) || !existsSync(file))
  fail(`There is no ${file}; name an environment that has an overlay with ENVIRONMENT=production.`)

const overlay = parseDocument(readFileSync(file, 'utf8'))
const images = overlay.get('images')
if (!isSeq<YAMLMap>(images)) fail(`${file} has no images; list those that a release moves on, each with name and newTag.`)
else {
  for (const image of images.items) image.set('newTag', tag)
  writeFileSync(file, overlay.toString({ lineWidth: 0 }))
  console.log(`${file} runs ${tag} of ${images.items.length} images.`)
}

function fail(message: string): void {
  console.error(message)
  process.exit(1)
}
