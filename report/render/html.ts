/**
 * The report as one HTML file that needs nothing else: no script, no font, no image, no network. Its
 * content security policy forbids them, so that even a mistake here could not run what a history holds.
 */

import { type Block, type Section, shortened, type Table } from '../page/blocks.ts';
import { pageOf } from '../page/page.ts';
import type { Report } from '../report.ts';
import { type Html, html, prose } from './markup.ts';
import { type Scale, scaleOf } from './scale.ts';
import { style } from './style.ts';
import { drawSvg } from './svg.ts';

export function renderHtml(report: Report): string {
  const { title, lead, sections, footer } = pageOf(report);
  const scale = scaleOf(report);
  const styleElement: Html = { html: `<style>${style}</style>` };
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} (${report.execution.name})</title>
${styleElement}
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<h1>${title}</h1>
<p class="lead">${prose(lead)}</p>
</header>
<nav aria-label="Contents">
<p>Contents</p>
<ol>
${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
</ol>
</nav>
<main id="main">
${sections.map((section) => sectionHtml(section, scale))}
</main>
<footer>
<p>${footer}</p>
</footer>
</body>
</html>
`;
  return page.html;
}

function sectionHtml({ id, title, blocks }: Section, scale: Scale | null): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${blocks.map((block) => blockHtml(block, scale))}
</section>`;
}

function blockHtml(block: Block, scale: Scale | null): Html {
  switch (block.kind) {
    case 'paragraph':
      return html`<p>${prose(block.text)}</p>`;
    case 'notice':
      return html`<p class="notice"><strong>Note:</strong> ${prose(block.text)}</p>`;
    case 'subtitle':
      return html`<h3>${prose(block.text)}</h3>`;
    case 'facts':
      return html`<dl>
${block.facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${prose(value)}</dd>`)}
</dl>`;
    case 'list':
      return html`<ul>
${block.items.map((item) => html`<li>${prose(item)}</li>`)}
</ul>`;
    case 'links':
      return html`<ul class="links">
${block.links.map(({ label, url }) => html`<li><a href="${url}" rel="noreferrer">${label}</a></li>`)}
</ul>`;
    case 'code':
      return html`<pre>${block.text}</pre>`;
    case 'table':
      return tableHtml(shortened(block.table));
    case 'drawing':
      return drawingHtml(scale);
  }
}

/** Roles are spelled out because a phone shows rows as cards, which would end the table's semantics. */
function tableHtml({ caption, columns, rows }: Table): Html {
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => rowHtml(row, columns))}
</tbody>
</table>`;
}

function rowHtml([first = '', ...others]: readonly string[], columns: readonly string[]): Html {
  return html`<tr role="row"><th scope="row" role="rowheader">${prose(first)}</th>${others.map(
    (cell, index) =>
      html`<td role="cell" data-label="${columns[index + 1] ?? ''}">${prose(cell)}</td>`,
  )}</tr>`;
}

function drawingHtml(scale: Scale | null): Html {
  if (scale === null) return html`<p>There is nothing to draw: the history holds no states.</p>`;
  return html`<figure>
${drawSvg(scale)}
<figcaption>${keys(scale)} Numbers are the marked moments of the next table. Zero is the start of the execution. ${scale.note ?? ''}</figcaption>
</figure>`;
}

function keys({ outage }: Scale): Html {
  const band =
    outage === null ? html`` : html`<span class="key outage"></span>address not served&ensp;`;
  return html`<span class="key visit"></span>in the state&ensp;<span class="key try"></span>function at work&ensp;<span class="key failed"></span>a try that failed&ensp;${band}<br>`;
}
