import { beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../report/render/html.ts';
import { renderMarkdown } from '../../report/render/markdown.ts';
import type { Report } from '../../report/report.ts';
import { askedHistory, reportOf } from './histories.ts';

const evil =
  `<script>alert(1)</script> "><img src=x onerror=alert(2)> ' & \u202egnihtemos | \`code\` ` +
  '[click](javascript:alert(3)) https://evil.example **bold** \u0007';
let report: Report;
beforeAll(async () => {
  report = reportOf(await askedHistory({ reason: evil, by: '<b>Mallory</b>' }));
});

describe('what a history holds is shown as text', () => {
  test('HTML: a reason with markup is text, wherever it stands', () => {
    const html = renderHtml(report);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&lt;b&gt;Mallory&lt;/b&gt;');
    expect(html).not.toMatch(/<(?:script|img|b|iframe|object|link|form)[\s>]/i);
    // No tag of the page has an event handler.
    expect(html).not.toMatch(/<[a-z][^>]*\son\w+=/i);
  });

  test('HTML: what turns the direction of writing, and control characters, are shown by code', () => {
    const html = renderHtml(report);
    expect(html).toContain('\\u{202e}gnihtemos');
    expect(html).toContain('\\u{7}');
    for (const hidden of ['\u202e', '\u0007']) expect(html).not.toContain(hidden);
  });

  test('Markdown: no HTML, no link, no code, no bold, no cell that ends early', () => {
    const outside = renderMarkdown(report).replace(/^```+text\n[\s\S]*?\n```+$/gm, '');
    expect(outside).toContain('\\<script\\>alert(1)\\</script\\>');
    expect(outside).toContain('\\[click\\](javascript:');
    expect(outside).toContain('https\\://evil.example');
    expect(outside).toContain('\\*\\*bold\\*\\*');
    for (const line of outside.split('\n').filter((one) => one.startsWith('| Why |'))) {
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
    }
  });

  test('Markdown: backticks in the input do not end its block', () => {
    const events = askedHistory({ reason: '```\n# not a heading' });
    return events.then((made) => {
      const markdown = renderMarkdown(reportOf(made));
      expect(markdown).toContain('````text\n{\n  "reason": "```\\n# not a heading"');
    });
  });

  test('JSON: the whole report, as it was given', () => {
    const read: unknown = JSON.parse(JSON.stringify(report));
    expect(read).toEqual(report);
    expect(report.trigger.input).toContain('<script>alert(1)</script>');
  });
});

describe('the file needs nothing else', () => {
  test('HTML: no address is loaded, and the policy forbids it', () => {
    const html = renderHtml(report);
    expect(html).not.toMatch(/<[a-z][^>]*\s(?:src|srcset|data|poster|action)=/i);
    expect(html).not.toMatch(/url\(|@import/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline';`);
  });

  test('HTML: all links go into the page or to the AWS console', () => {
    const targets = [...renderHtml(report).matchAll(/href="([^"]*)"/g)].map(([, url]) => url);
    expect(targets.length).toBeGreaterThan(20);
    for (const url of targets) {
      expect(url).toMatch(/^(?:#[a-z]+|https:\/\/eu-central-1\.console\.aws\.amazon\.com\/.*)$/);
    }
  });
});
