/**
 * The page's style: no font, image or script from anywhere. Reads at 360 px (tables become cards),
 * in the dark, on paper. Contrast is at least 4.5 : 1 in both schemes (WCAG 2.2, AA).
 */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --panel: #f5f7f9;
  --line: #d0d7de; --accent: #0b57a4; --good: #12652b; --bad: #b3261e; --visit: #b6cbe2; --try: #0b57a4;
  --outage: #f9dedc; --warn: #fff4d6; --warn-line: #b98900; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a3acb7; --paper: #14171b;
  --panel: #1d2228; --line: #3a424c; --accent: #86bcf5; --good: #7ad493; --bad: #ff9d94; --visit: #34506e;
  --try: #86bcf5; --outage: #402423; --warn: #3a3010; --warn-line: #d9a93a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
header, main, footer, nav { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.lead { font-size: 1.15rem; margin: 0 0 .5rem; }
dd, td, tbody th, .lead { font-variant-numeric: tabular-nums; }
.id, .at { white-space: nowrap; }
td .id { white-space: normal; }
svg text { paint-order: stroke; stroke: var(--panel); stroke-width: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { position: static; }
nav ol { columns: 2; padding-left: 1.4rem; margin: .25rem 0; font-size: .95rem; }
nav p { font-weight: 600; margin: 1rem 0 0; }
.notice { border-left: 4px solid var(--warn-line); background: var(--warn); padding: .5rem .75rem; }
dl { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; margin: .75rem 0;
  border-top: 1px solid var(--line); }
dt, dd { margin: 0; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; font-size: .92em; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
thead th { overflow-wrap: normal; color: var(--soft); border-bottom-width: 2px; }
tbody th { font-weight: 600; }
td { min-width: 5.5em; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .75rem;
  white-space: pre-wrap; font: .85rem/1.45 ui-monospace, "Liberation Mono", monospace; }
figure { margin: 1rem 0; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .75rem; }
figure svg { display: block; overflow: visible; }
figcaption { color: var(--soft); font-size: .88rem; margin-top: .5rem; }
svg text { fill: var(--ink); font: 12px system-ui, "Liberation Sans", sans-serif; }
svg .about, svg .tick { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .mark { stroke: var(--ink); stroke-dasharray: 3 3; opacity: .55; }
svg .visit { fill: var(--visit); stroke: var(--visit); } svg .try { fill: var(--try); stroke: var(--try); }
svg .failed { fill: var(--bad); stroke: var(--bad); } svg .outage { fill: var(--outage); }
svg .knob { fill: var(--paper); stroke: var(--ink); }
svg .number { text-anchor: middle; font-weight: 600; font-size: 11px; }
.key { display: inline-block; width: .9em; height: .9em; vertical-align: -.1em; border-radius: 2px; margin-right: .3em; }
.key.visit { background: var(--visit); } .key.try { background: var(--try); }
.key.failed { background: var(--bad); } .key.outage { background: var(--outage); border: 1px solid var(--bad); }
footer { color: var(--soft); font-size: .88rem; padding-bottom: 2rem; margin-top: 2rem; }
@media screen and (max-width: 44rem) {
  nav ol { columns: 1; padding-left: 1.9rem; }
  dl { grid-template-columns: 1fr; }
  dt { border-bottom: 0; padding-bottom: 0; font-size: .88em; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr { border: 1px solid var(--line); border-radius: 4px; margin: .5rem 0; padding: .25rem 0; }
  th, td { border: 0; padding: .2rem .6rem; }
  td::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #999; --accent: #000; --good: #000;
    --bad: #a00; --visit: #c9d6e4; --try: #0b57a4; --outage: #f6d5d2; --warn: #fff; --warn-line: #000; }
  @page { margin: 16mm 14mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 9.5pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h2, h3, caption { break-after: avoid; }
  tr, figure, .notice { break-inside: avoid; }
  thead { display: table-header-group; }
  .links a::after { content: " " attr(href); font-size: 8pt; }
}
`;
