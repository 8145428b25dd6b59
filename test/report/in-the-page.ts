/**
 * Runs within the browser: each is an expression that Playwright evaluates there. As texts, because the
 * types of the DOM are not those of this project.
 */

/** string[]: texts that stick out to the right of the window. */
export const overflowing = expression(`
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > width ? ['the page is ' + document.documentElement.scrollWidth + ' wide'] : [];
  const out = [...document.querySelectorAll('main *, header *, footer *')].filter((element) => {
    if (element.closest('svg') || element.closest('thead')) return false;
    const host = element.getBoundingClientRect();
    return host.width > 0 && host.right > width + 1;
  });
  return [...wide, ...out.map((element) => element.tagName + ': ' + element.textContent.slice(0, 60))];
`);

/** string[]: texts whose contrast with what is behind them is below 4.5 : 1 (WCAG 2.2, 1.4.3). */
export const contrastProblems = expression(`
  const numbers = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = numbers(color).slice(0, 3).map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      const [, , , alpha = 1] = numbers(color);
      if (alpha > 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const outage = document.querySelector('svg .outage');
  const problems = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || element.closest('title, desc')) continue;
    const style = getComputedStyle(element);
    const svg = element.closest('svg') !== null;
    const color = svg ? style.fill : style.color;
    const grounds = svg && outage ? [getComputedStyle(outage).fill, behind(element)] : [behind(element)];
    for (const ground of grounds) {
      if (contrast(color, ground) < 4.5) problems.push(element.tagName + ' ' + color + ' on ' + ground + ': ' + element.textContent.slice(0, 40));
    }
  }
  return [...new Set(problems)];
`);

/** number[] */
export const headingLevels = expression(`
  return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => Number(one.tagName[1]));
`);

/** string[]: a table needs a caption, column headers and row headers with their scope; ids are unique. */
export const tableProblems = expression(`
  const problems = [];
  for (const table of document.querySelectorAll('table')) {
    const name = table.caption?.textContent ?? 'a table without a caption';
    if (!table.caption) problems.push(name);
    if ([...table.querySelectorAll('thead th')].some((one) => one.scope !== 'col')) problems.push(name + ': columns');
    for (const row of table.querySelectorAll('tbody tr')) {
      if (row.cells[0]?.scope !== 'row') problems.push(name + ': rows');
      if (row.cells.length !== table.tHead.rows[0].cells.length) problems.push(name + ': cells');
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  return [...problems, ...ids.filter((id, index) => ids.indexOf(id) !== index)];
`);

/** [name of the lane, pixels of one of its bars][] */
export const drawnSpans = expression(`
  const spans = [];
  let name;
  for (const element of document.querySelector('svg').children) {
    if (element.tagName === 'text' && !element.className.baseVal) name = element.firstChild.data.trim();
    if (element.tagName !== 'rect' || element.className.baseVal !== 'visit') continue;
    spans.push([name, element.width.baseVal.value]);
  }
  return spans;
`);

function expression(body: string): string {
  return `(() => {${body}})()`;
}
