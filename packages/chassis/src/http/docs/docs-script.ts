/**
 * The page's one script: sends what a form says and shows what comes back. It runs in the browser as it stands here, and
 * writes with `textContent` alone, so that an answer can't become markup.
 */
export const docsScript = String.raw`
'use strict'
const LONGEST = 200000

for (const form of document.querySelectorAll('form[data-path]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (form.getAttribute('aria-busy') !== 'true') send(form)
  })
  const media = form.querySelector('select[data-in=media]')
  if (media) media.addEventListener('change', () => {
    const body = form.querySelector('[data-in=body]')
    const examples = [...media.options].map((option) => option.dataset.example)
    if (examples.includes(body.value)) body.value = media.selectedOptions[0].dataset.example
  })
}

async function send(form) {
  const shown = form.nextElementSibling
  const outcome = shown.querySelector('.outcome')
  form.setAttribute('aria-busy', 'true')
  outcome.dataset.class = ''
  outcome.textContent = 'Waiting for the answer.'
  try {
    const { path, options } = toRequest(form)
    const start = performance.now()
    const response = await fetch(path, options)
    const text = await response.text()
    const milliseconds = Math.round(performance.now() - start)
    showAnswer(shown, response, text)
    outcome.dataset.class = String(response.status).charAt(0)
    outcome.textContent = (response.status + ' ' + response.statusText).trim() + ' in ' + milliseconds + ' ms: ' + options.method + ' ' + path
  } catch (error) {
    outcome.dataset.class = '5'
    outcome.textContent = 'There is no answer (' + error.message + '). Check that the service is running and that this page came from it.'
  }
  form.removeAttribute('aria-busy')
}

function toRequest(form) {
  const fields = (place) => [...form.querySelectorAll('[data-in=' + place + ']')].filter((field) => field.value !== '')
  const query = new URLSearchParams()
  for (const field of fields('query')) {
    const values = 'list' in field.dataset ? field.value.split(',').map((value) => value.trim()) : [field.value]
    for (const value of values) query.append(field.dataset.name, value)
  }
  let path = form.dataset.path
  for (const field of fields('path')) path = path.replace('{' + field.dataset.name + '}', encodeURIComponent(field.value))
  const headers = Object.fromEntries(fields('header').map((field) => [field.dataset.name, field.value]))
  const options = { method: form.dataset.method, headers, cache: 'no-store' }
  for (const field of fields('media')) headers['content-type'] = field.value
  for (const field of fields('body')) options.body = field.value
  return { path: query.size > 0 ? path + '?' + query : path, options }
}

function showAnswer(shown, response, text) {
  const [details, head, body] = ['details', '.head', '.body'].map((selector) => shown.querySelector(selector))
  details.hidden = false
  head.textContent = [...response.headers].map((field) => field.join(': ')).join('\n')
  const isJson = /[/+]json\b/.test(response.headers.get('content-type'))
  const rest = text.length - LONGEST
  body.hidden = text === ''
  body.textContent = rest > 0 ? text.slice(0, LONGEST) + '\n… and ' + rest + ' characters more' : isJson ? indent(text) : text
}

// Only blanks between tokens change: parsing would round long numbers and reorder members.
function indent(json) {
  let depth = 0
  const line = () => '\n' + '  '.repeat(depth)
  return json.replace(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|\s+/g, (token) => {
    if (token === '{' || token === '[') { depth++; return token + line() }
    if (token === '}' || token === ']') { depth = Math.max(0, depth - 1); return line() + token }
    if (token === ',') return token + line()
    if (token === ':') return ': '
    return token.startsWith('"') ? token : token.replace(/\s/g, '')
  })
}
`
