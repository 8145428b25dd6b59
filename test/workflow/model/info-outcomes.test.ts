import { describe, expect, test } from 'vitest';
import { type HttpAnswer, type InfoOutcome, readInfo } from '../../../workflow/model/info.ts';
import { answered, json, prestoDb, trino477 } from './http-answers.ts';

describe('info: what is not a ready coordinator', () => {
  const cases: readonly [string, HttpAnswer, InfoOutcome, string][] = [
    [
      'still starting',
      json({ ...trino477, starting: true }),
      'starting',
      'is still starting: version 477, environment production, up 12.00s',
    ],
    [
      'a worker',
      json({ ...prestoDb, coordinator: false }),
      'not-coordinator',
      'is a worker, not a coordinator: version 0.292, environment production, up 10.55h',
    ],
    [
      'a worker that is starting',
      json({ ...prestoDb, coordinator: false, starting: true, uptime: 1 }),
      'not-coordinator',
      'is a worker, not a coordinator: version 0.292, environment production',
    ],
    [
      '406 to X-Forwarded headers',
      answered({ status: 406 }),
      'not-acceptable',
      'answers 406: the server refuses X-Forwarded headers, so a proxy seems to stand in between',
    ],
    ['500', answered({ status: 500 }), 'server-error', 'answers with an error, status 500'],
    [
      '503 from a proxy',
      answered({ status: 503, body: '<html>' }),
      'server-error',
      'answers with an error, status 503',
    ],
    [
      'a ready answer under 503',
      { ...json(prestoDb), status: 503 },
      'server-error',
      'answers with an error, status 503',
    ],
    [
      'a redirect',
      answered({ status: 303 }),
      'wrong-status',
      'answers with status 303 instead of 200',
    ],
    ['401', answered({ status: 401 }), 'wrong-status', 'answers with status 401 instead of 200'],
    ['204', answered({ status: 204 }), 'wrong-status', 'answers with status 204 instead of 200'],
    [
      'a web page',
      answered({ body: '\n<!DOCTYPE html><html></html>', contentType: 'text/plain' }),
      'html',
      'answers with a web page: something other than the server is there',
    ],
    [
      'a web page by its type only',
      answered({ body: 'Welcome', contentType: 'Text/HTML; charset=utf-8' }),
      'html',
      'answers with a web page: something other than the server is there',
    ],
    ['text', answered({ body: 'OK' }), 'not-json', 'answers 200 with something that is not JSON'],
    [
      'half of an answer',
      answered({ body: JSON.stringify(prestoDb).slice(0, -5) }),
      'not-json',
      'answers 200 with something that is not JSON',
    ],
    [
      'far too much',
      answered({ body: '{"coordinator":true', truncated: true }),
      'too-large',
      'answers with more than /v1/info ever says',
    ],
    ['nothing', answered({ body: ' \n' }), 'empty', 'answers 200 with an empty body'],
    ['null', json(null), 'not-info', 'answers with JSON that is not a server info'],
    ['a list', json([prestoDb]), 'not-info', 'answers with JSON that is not a server info'],
    ['a string', json('ready'), 'not-info', 'answers with JSON that is not a server info'],
    [
      'no field of ours',
      json({ status: 'UP' }),
      'not-info',
      'answers with JSON whose "coordinator" is missing, not true or false',
    ],
    [
      'true as text',
      json({ ...prestoDb, coordinator: 'true' }),
      'not-info',
      'answers with JSON whose "coordinator" is "true", not true or false',
    ],
    [
      'starting as a number',
      json({ ...prestoDb, starting: 0 }),
      'not-info',
      'answers with JSON whose "starting" is 0, not true or false',
    ],
    [
      'a refused connection',
      { kind: 'refused', detail: 'connect ECONNREFUSED' },
      'refused',
      'refuses connections: nothing listens on the port (connect ECONNREFUSED)',
    ],
    [
      'a broken connection',
      { kind: 'reset', detail: 'socket hang up' },
      'reset',
      'broke the connection off (socket hang up)',
    ],
    [
      'silence',
      { kind: 'timed-out', detail: 'no connection after 2000 ms' },
      'timed-out',
      'did not answer in time (no connection after 2000 ms)',
    ],
    [
      'no route',
      { kind: 'unreachable', detail: 'EHOSTUNREACH' },
      'unreachable',
      'cannot be reached (EHOSTUNREACH)',
    ],
    [
      'another protocol',
      { kind: 'not-http', detail: 'Parse Error' },
      'not-http',
      'answers, but not in HTTP (Parse Error)',
    ],
    [
      'TLS where HTTP was expected',
      { kind: 'tls-instead', detail: 'Parse Error' },
      'tls-instead',
      'answers in TLS: HTTPS seems to be spoken on the HTTP port (Parse Error)',
    ],
    [
      'HTTP where TLS was expected',
      { kind: 'not-tls', detail: 'wrong version number' },
      'not-tls',
      'answers without TLS: HTTP seems to be spoken on the HTTPS port (wrong version number)',
    ],
    [
      'an expired certificate',
      { kind: 'certificate-expired', detail: 'certificate has expired' },
      'certificate-expired',
      'presents a certificate that has expired (certificate has expired)',
    ],
    [
      'a request that was called off',
      { kind: 'not-asked', detail: 'called off' },
      'not-asked',
      'was not asked (called off)',
    ],
  ];

  test.each(cases)('%s', (_, answer, outcome, sentence) => {
    expect(readInfo(answer)).toMatchObject({ outcome, sentence, ready: false });
  });

  test('only silence, no way and no question leave open whether anybody is there', () => {
    const reached = cases.map(([, answer]) => readInfo(answer)).filter((each) => each.reached);
    const outcomes = new Set(reached.map((each) => each.outcome));
    for (const silent of ['timed-out', 'unreachable', 'not-asked'] as const) {
      expect(outcomes.has(silent)).toBe(false);
    }
    expect(outcomes.has('refused')).toBe(true);
    expect(outcomes.has('server-error')).toBe(true);
  });

  test('what was read of a server that is not ready is kept too', () => {
    expect(readInfo(json({ ...trino477, starting: true })).identity).toBe('h8q3k');
  });
});
