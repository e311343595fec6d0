import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isSeq, parseDocument, type YAMLMap } from 'yaml'

// What a release changes: the tag that an environment reads from deploy/<name>.json, and so all that is rendered for it, and the one of every image
// in its overlay. Comments and order stay as they are.
const [environment = '', tag = ''] = process.argv.slice(2)
const tagFile = `deploy/${environment}.json`
const overlayFile = `deploy/overlay/${environment}/kustomization.yaml`

if (!/^\w[\w.-]{0,127}$/.test(tag))
  fail(`A tag has letters, digits, dots, hyphens and underscores; it is ${JSON.stringify(tag)}. Name one with TAG=1.2.0.`)
for (const file of [tagFile, overlayFile])
  if (!/^[a-z0-9-]+$/.test(environment) || !existsSync(file))
    fail(`There is no ${file}; name an environment that has a tag and an overlay with ENVIRONMENT=production.`)

const overlay = parseDocument(readFileSync(overlayFile, 'utf8'))
const images = overlay.get('images')
if (!isSeq<YAMLMap>(images)) fail(`${overlayFile} has no images; list those that a release moves on, each with name and newTag.`)
for (const image of images.items) image.set('newTag', tag)
writeFileSync(overlayFile, overlay.toString({ lineWidth: 0 }))
writeFileSync(tagFile, `${JSON.stringify({ tag }, undefined, 2)}\n`)
console.log(`${environment} runs ${tag} of ${images.items.length} images.`)

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
