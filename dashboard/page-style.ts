/** The style sheet of every page. */
export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
html, body { background: Canvas; color: CanvasText; }
body { margin: 1rem auto; max-width: 88rem; padding: 0 1rem; }
header { display: flex; gap: .5rem 1.5rem; justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
nav a { margin-right: .8rem; }
a { color: light-dark(#0b4f9e, #9cc8ff); }
table { border-collapse: collapse; width: 100%; }
.scroll { overflow-x: auto; }
th, td { padding: .25rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
thead th { background: Canvas; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
td { overflow-wrap: anywhere; }
td.text { overflow-wrap: normal; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
p { margin: .5rem 0; }
main > p:first-of-type { font-weight: 600; font-size: 1.1rem; }
.well { color: light-dark(#14662b, #7ee2a0); }
.unsure, tr.unknown, tr.noticed, li.unknown strong, li.noticed strong { color: light-dark(#7a5200, #ffd27a); }
.unwell, tr.fails, tr.stands, tr.behind, li.fails strong, li.stands strong, li.behind strong { color: light-dark(#a4161a, #ff9b9b); }
tr.fails, tr.stands { font-weight: 600; }
tr.why td { padding: 0 .6rem .5rem 1.2rem; font-size: .9rem; }
tr:has(+ tr.why) > * { border-bottom: none; }
.incidents { list-style: none; padding: 0; margin: 0; }
.incidents li { border-left: 4px solid currentColor; padding: .2rem 0 .2rem .8rem; margin: .7rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .8rem; margin: 0; }
dt { color: color-mix(in srgb, CanvasText 75%, Canvas); }
dl.terms { display: block; }
dl.terms dt { font-weight: 600; margin-top: .5rem; overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
code { background: color-mix(in srgb, currentColor 9%, transparent); padding: .1rem .3rem; border-radius: 3px; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
details { margin: .4rem 0; }
form { display: inline-flex; gap: .5rem; flex-wrap: wrap; align-items: baseline; }
input, select, button { font: inherit; }
input { max-width: 100%; box-sizing: border-box; }
:focus-visible { outline: 3px solid light-dark(#0b4f9e, #9cc8ff); outline-offset: 1px; }
footer { margin-top: 1rem; color: color-mix(in srgb, CanvasText 75%, Canvas); }
@media (max-width: 60rem) {
  .wide { display: none; }
  th, td { padding: .25rem .35rem; }
}
@media (max-width: 30rem) {
  :root { font-size: 13px; }
  body { padding: 0 .5rem; }
}
`
