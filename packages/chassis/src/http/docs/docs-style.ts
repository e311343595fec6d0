/** The page's one style sheet: system fonts, two colour schemes, one column on a phone and three on a wide screen. */
export const docsStyle = `
:root {
  color-scheme: light dark;
  --paper: #fff; --panel: #f6f7f9; --ink: #171a1f; --soft: #57606c; --line: #e1e4e9; --edge: #868f9b; --accent: #1b58b8;
  --blue: #1b58b8; --green: #17713f; --amber: #8a5200; --violet: #7138ab; --red: #ad241b;
  --mono: ui-monospace, SFMono-Regular, "Cascadia Mono", "Roboto Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101316; --panel: #181c20; --ink: #e6e9ed; --soft: #a0a9b4; --line: #2a3037; --edge: #6f7985; --accent: #8ab4ff;
    --blue: #8ab4ff; --green: #74d39e; --amber: #e6b566; --violet: #cba2f5; --red: #ff9c93;
  }
}
*, ::before, ::after { box-sizing: border-box }
html { scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: break-word }
h1, h2, h3, h4 { margin: 0; line-height: 1.25; font-weight: 650; text-wrap: balance }
h1 { font-size: 2.125rem; letter-spacing: -.022em }
h2 { font-size: 1.5rem; letter-spacing: -.016em }
h3 { font-size: 1.1875rem; letter-spacing: -.01em }
h4 { margin: 2rem 0 .5rem; font-size: .8125rem; font-weight: 600; color: var(--soft) }
p, ul, ol { margin: .75rem 0 }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px }
a > code { text-decoration: inherit }
a:has(> code) { text-underline-offset: .34em }
a:hover { text-decoration-thickness: 2px }
code, pre, textarea, input, select { font-family: var(--mono); font-size: .875em; font-variant-ligatures: none }
code { overflow-wrap: anywhere }
pre { margin: 0; padding: .75rem .875rem; max-height: 26rem; overflow: auto; font-size: .8125rem; line-height: 1.5; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px }
main:focus { outline: none }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 1; padding: .5rem .875rem; background: var(--paper); border: 1px solid var(--edge); border-radius: 6px }
.skip:focus { top: 1rem }

.banner, nav, main { padding: 0 1.25rem }
.banner { padding-top: 2.25rem }
.banner > * { max-width: 42rem }
.lead { font-size: 1.125rem; color: var(--soft); text-wrap: pretty }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem; color: var(--soft) }
nav { margin-top: 2rem }
nav h2 { font-size: .8125rem; font-weight: 600; letter-spacing: 0; color: var(--soft) }
nav ul { list-style: none; margin: .5rem 0 0; padding: 0 }
nav a { display: block; padding: .625rem; margin: 0 -.625rem; border-radius: 6px; color: inherit; text-decoration: none; font-size: .875rem }
nav a > code { text-decoration: inherit }
a:has(> code) { text-underline-offset: .34em }
a:hover { background: var(--panel) }
.operations a { display: grid; grid-template-columns: 3.75rem minmax(0, 1fr); gap: .5rem; align-items: baseline }
.operations code { font-size: .8125rem }
.operations small { display: block; font-size: .8125rem; line-height: 1.4; color: var(--soft) }

.method { display: inline-block; min-width: 3.5rem; padding: .0625rem .375rem; border-radius: 4px; background: color-mix(in srgb, currentColor 11%, transparent); color: var(--blue); font: 600 .6875rem/1.5 var(--mono); letter-spacing: .03em; text-align: center }
.post { color: var(--green) } .put { color: var(--amber) } .patch { color: var(--violet) } .delete { color: var(--red) }
.deprecated, .required { font-size: .75rem; font-weight: 500; letter-spacing: 0; color: var(--amber); white-space: nowrap }
.deprecated { padding: .0625rem .4375rem; border: 1px solid currentColor; border-radius: 99px }
h3 .deprecated { margin-left: .25rem; vertical-align: .125em }
.status { font: 600 .8125rem/1.9 var(--mono) }
[data-class="2"] { color: var(--green) } [data-class="3"] { color: var(--blue) } [data-class="4"] { color: var(--amber) } [data-class="5"] { color: var(--red) }

section { padding-top: 3rem }
section > article { padding: 2rem 0; border-top: 1px solid var(--line) }
section > h2 { margin-bottom: 1.25rem }
.signature { display: flex; gap: .625rem; align-items: baseline; margin: .5rem 0 0 }
.signature b { color: var(--accent); font-weight: inherit }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.75rem }
.signature + h4 { margin-top: 1.5rem }
.type { color: var(--soft); font-size: .875rem }
.required { margin-left: .375rem }
.answers .required, .schema .required { color: var(--soft) }
.fields { list-style: none; padding: 0; margin: 0 }
.fields > li { padding: .75rem 0; border-top: 1px solid var(--line) }
.fields p { margin: .125rem 0 0 }
.fields .fields { margin-top: .625rem; padding-left: 1rem; border-left: 2px solid var(--line) }
.fields .fields > li:first-child { border-top: 0; padding-top: 0 }
.fields .fields > li:last-child { padding-bottom: 0 }
.name { font-weight: 600; margin-right: .25rem }
.constraints { display: flex; flex-wrap: wrap; list-style: none; margin: .125rem 0 0; padding: 0; font-size: .875rem; color: var(--soft) }
.constraints li:not(:last-child)::after { content: "·"; margin: 0 .4375rem }
.constraints code { color: var(--ink) }
.inner { display: flex; flex-wrap: wrap; gap: 0 .375rem; align-items: baseline; font-size: .875rem; color: var(--soft) }
.inner p, .inner ul { margin: .125rem 0 0 }
h3 + .fields, .constraints + .fields, .inner + .fields { margin-top: .75rem }
.answers, .errors { list-style: none; margin: 0; padding: 0 }
.answers > li { display: grid; grid-template-columns: 2.75rem minmax(0, 1fr); padding: .5rem 0; border-top: 1px solid var(--line) }
.answers p { margin: 0 }
.answers div > .fields { margin-top: .5rem }
.answers div > .fields > li:last-child { padding-bottom: 0 }
.errors { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding-top: .5rem; border-top: 1px solid var(--line) }
.errors code { font-size: .8125rem }

.try { align-self: start; padding: 1.25rem; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
.try h4 { margin: 0 0 .75rem; color: var(--ink) }
.try label { display: block; margin: .75rem 0 .25rem; font-size: .8125rem; font-weight: 500 }
.try label code { font-size: .8125rem }
.try label span { font-weight: 400; color: var(--soft) }
input, select, textarea { display: block; width: 100%; min-height: 2.5rem; padding: .5rem .625rem; background: var(--paper); color: inherit; border: 1px solid var(--edge); border-radius: 6px; font-size: 1rem; line-height: 1.45 }
textarea { resize: vertical; tab-size: 2 }
::placeholder { color: var(--soft); opacity: 1 }
button { min-height: 2.5rem; margin-top: 1rem; padding: .375rem 1.25rem; border: 0; border-radius: 6px; background: var(--accent); color: var(--paper); font: inherit; font-size: .875rem; font-weight: 600; cursor: pointer }
button:hover { filter: brightness(1.1) }
[aria-busy=true] button { opacity: .6; cursor: progress }
form > h4 + button { margin-top: 0 }
.outcome { margin: 0; font-size: .875rem; font-weight: 500; overflow-wrap: anywhere }
.outcome:not(:empty) { margin: 1.125rem 0 .625rem }
.answer details { margin-bottom: .625rem; font-size: .8125rem }
.answer summary { padding: .25rem 0; color: var(--soft); cursor: pointer }
.example { margin-top: 1.5rem }
.example h4 { margin-bottom: .5rem }

table { width: 100%; border-collapse: collapse; font-size: .9375rem; text-align: left }
th, td { padding: .625rem 1rem .625rem 0; border-top: 1px solid var(--line); vertical-align: baseline; font-weight: 400 }
thead th { border: 0; font-size: .8125rem; font-weight: 600; color: var(--soft) }
tbody th { white-space: nowrap }
article:target h3 { text-decoration: underline; text-decoration-color: var(--accent); text-underline-offset: .3em }
tr:target { background: color-mix(in srgb, var(--accent) 9%, transparent) }
section:last-child { padding-bottom: 5rem }

@media (max-width: 44rem) {
  thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden }
  tbody tr { display: grid; grid-template-columns: 2.75rem minmax(0, 1fr); padding: .625rem 0; border-top: 1px solid var(--line) }
  tbody th, tbody td { padding: 0; border: 0 }
  tbody td + td { grid-column: 2; color: var(--soft) }
  tbody th + td { grid-column: 2; color: inherit }
}
@media (min-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr) minmax(20rem, 26rem); gap: 3rem }
  input, select, textarea { font-size: .875rem }
}
@media (min-width: 75rem) {
  body { display: grid; grid-template-columns: 19rem minmax(0, 1fr); grid-template-rows: auto 1fr }
  nav { grid-row: 1 / 3; position: sticky; top: 0; height: 100vh; margin: 0; padding: 2.25rem 1.5rem; overflow-y: auto; border-right: 1px solid var(--line); background: var(--panel) }
  nav a { padding: .4375rem .625rem }
  nav a > code { text-decoration: inherit }
a:has(> code) { text-underline-offset: .34em }
a:hover { background: color-mix(in srgb, var(--ink) 6%, transparent) }
  .banner, main { grid-column: 2; padding-left: 3.5rem; padding-right: 3.5rem; max-width: 76rem }
  .banner { grid-row: 1; padding-top: 3rem }
}
`
