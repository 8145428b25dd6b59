import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { endingOf } from '../../../workflow/model/ending.ts';
import {
  addressTargetName,
  type Incident,
  type StandbyLaunch,
  type Termination,
} from '../../../workflow/model/incident.ts';
import { recordOf } from '../../../workflow/notify/message.ts';
import {
  activeId,
  answer,
  attachmentId,
  decision,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const hostSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
const refused = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
const pausedTag = 'until resumed since 2026-10-02T11:50:00Z by alice: upgrade';

/** The document at the end of an execution that took its decision from this scene. */
function ended(scene: Scene = {}, rest: Partial<Incident> = {}): Incident {
  const given = incident(scene);
  return { ...given, decision: confirm(given, now), ...rest };
}

const termination: Termination = {
  kind: 'fenced',
  at: now,
  sentence: `${activeId} is fenced, and it is terminated.`,
  instanceId: activeId,
  rule: 'dead',
  fenced: [activeId],
  terminated: [activeId],
  problems: [],
};

function moved(rest: Partial<Incident> = {}): Incident {
  return ended(
    { active: hostSays0, answers: refused },
    {
      termination,
      standbyPick: {
        kind: 'picked',
        at: now,
        instanceId: standbyId,
        sentence: `${standbyId} takes over: ready.`,
        passedOver: [],
        observation: 1,
        tried: [standbyId],
      },
      attachment: {
        kind: 'attached',
        at: now,
        sentence: '',
        instanceId: standbyId,
        attachmentId,
        unfit: [],
      },
      verification: {
        kind: 'verified',
        at: now,
        sentence: `The address answers and is ready: it is ${standbyId}.`,
        attachmentId,
        instanceId: standbyId,
        tries: 1,
        answers: [],
        rejected: [],
      },
      ...rest,
    },
  );
}

function standbyLaunch(different: Partial<StandbyLaunch>): StandbyLaunch {
  return {
    kind: 'complete',
    observations: 0,
    at: now,
    sentence: '1 of 2 coordinators are there.',
    launched: [],
    terminated: [],
    surplus: [],
    surplusSince: {},
    problems: [],
    ...different,
  };
}

describe('what people are told', () => {
  it('message: a failover: what happened, that it is over, and where the whole story is', () => {
    const { record } = recordOf(moved(), null, now);
    expect(record).toMatchObject({ kind: 'notify', ending: 'failed-over' });
    expect(record.subject).toBe(`presto: Coordinator moved to ${standbyId}`);
    expect(record.message).toMatch(
      /^WHAT HAPPENED {2}The active coordinator has failed\. .* is fenced/,
    );
    expect(record.message).toContain('IS IT OVER     Yes: the address answered at');
    expect(record.message).toContain('WHAT TO DO NOW\nNothing tonight.');
    expect(record.message).toContain('coordinator-failover report arn:aws:states');
    expect(record.message).toContain('Started by a person');
  });

  it('message: an upgrade is told as a planned switchover, not as a failure', () => {
    const planned = moved({ termination: { ...termination, rule: 'outdated' } });
    const { record } = recordOf(planned, null, now);
    expect(record.subject).toBe(`presto: Planned switchover to ${standbyId}, version 1`);
    expect(record.message).toContain('An upgrade was asked for; the coordinator had not failed.');
  });

  it('message: a kept node that has failed waits for a person, and the command is there', () => {
    const dead = ended({ active: hostSays0, answers: refused });
    const cluster = { ...dead.cluster, keepCoordinatorNode: 'yes' } as const;
    const kept = {
      ...dead,
      cluster,
      decision: confirm({ ...dead, cluster, decision: { kind: 'none' } }, now),
    };
    const { record } = recordOf(kept, null, now);
    expect(record).toMatchObject({ kind: 'notify', ending: 'waiting-for-operator' });
    expect(record.subject).toBe(
      'presto: Coordinator has FAILED and its node is kept: it waits for YOU',
    );
    expect(record.message).toContain('IS IT OVER     No. Nothing is done without you');
    expect(record.message).toContain('coordinator-failover failover --force --reason "..."');
  });

  it('message: nobody is told that a stack is being deleted', () => {
    const { record } = recordOf(ended({ address: { stackDeleting: '' } }), null, now);
    expect(record).toMatchObject({ kind: 'quiet', ending: 'stack-deleting' });
  });

  it('message: waiting for an operator by the limit: the command that lifts it', () => {
    const failovers = [60, 600, 1200].map(secondsAgo);
    const scene = { active: hostSays0, answers: refused, address: { failovers } };
    const { record } = recordOf(ended(scene), null, now);
    expect(record).toMatchObject({ kind: 'notify', ending: 'waiting-for-operator' });
    expect(record.message).toContain('There were 3 failovers within 60 minutes');
    expect(record.message).toContain('IS IT OVER     No.');
    expect(record.message).toContain('coordinator-failover acknowledge --reason "..."');
  });

  it('message: waiting for an operator because nobody knows: the command that moves it all the same', () => {
    const unclear = decision({
      rule: 'unsure',
      outcome: 'waiting-for-operator',
      sentence: 'Asked 12 times.',
    });
    const { record } = recordOf(incident({ rest: { decision: unclear } }), null, now);
    expect(record.message).toContain('failover --force --reason "..." --cluster presto');
  });

  it('message: a coordinator that says healthy while its address does not answer', () => {
    const scene = { standbys: [], answers: [silence(addressTargetName)] };
    const { record } = recordOf(ended(scene), null, now);
    expect(record).toMatchObject({ kind: 'notify', ending: 'nothing-to-do' });
    expect(record.subject).toContain('says healthy, but its address does not answer');
    expect(record.message).toContain('failover --force --reason "..." --cluster presto');
  });

  it('message: the region of the commands is that of the execution', () => {
    const document = {
      ...moved(),
      execution: {
        id: 'arn:aws:states:eu-west-1:123456789012:execution:failover:1',
        startedAt: now,
      },
    };
    expect(recordOf(document, null, now).record.message).toContain(
      'status --cluster presto --region eu-west-1',
    );
  });

  it('message: paused and down is told, paused and well is not', () => {
    const address = { paused: pausedTag };
    const down = recordOf(ended({ address, answers: refused }), null, now);
    expect(down.record).toMatchObject({ kind: 'notify', ending: 'paused' });
    expect(down.record.message).toContain('Paused by alice');
    expect(down.record.message).toContain('coordinator-failover resume');
    expect(recordOf(ended({ address }), null, now).record.kind).toBe('quiet');
    expect(recordOf(ended({ address, answers: null }), null, now).record.kind).toBe('quiet');
  });

  it.each<[string, Incident]>([
    ['nothing to do', ended()],
    ['a dry run', ended({ request: { dryRun: true, force: true, reason: 'x' } })],
    ['a refused request', ended({ request: { forse: true } })],
  ])('message: %s tells nobody', (_what, document) => {
    const { record, notifiedTag } = recordOf(document, null, now);
    expect(record.kind).toBe('quiet');
    expect(notifiedTag).toBeNull();
    expect(record.message).toContain('WHAT TO DO NOW');
  });

  it('message: a launched standby, or one that cannot be launched', () => {
    const launched = recordOf(
      ended({}, { standbyLaunch: standbyLaunch({ launched: ['i-1'] }) }),
      null,
      now,
    );
    expect(launched.record.subject).toBe('presto: Standbys restored: launched i-1');
    const sentence = 'Slot 2 stays empty. InsufficientInstanceCapacity: none left';
    const problems = [{ kind: 'version-fails', sentence }] as const;
    const empty = recordOf(ended({}, { standbyLaunch: standbyLaunch({ problems }) }), null, now);
    expect(empty.record.kind).toBe('notify');
    expect(empty.record.message).toContain(sentence);
    expect(empty.record.message).toContain('coordinator-failover doctor');
  });

  it('message: a standby launched by another execution of the same failover is not told as well', () => {
    const rest = { standbyLaunch: standbyLaunch({ launched: ['i-1'] }) };
    const { record } = recordOf(ended({ attachedSecondsAgo: 20 }, rest), null, now);
    expect(record).toMatchObject({ kind: 'quiet', ending: 'nothing-to-do' });
  });

  it('message: a failover that ended incomplete, or could not be decided', () => {
    const incomplete = decision({ outcome: 'incomplete', sentence: 'Moved the address 3 times.' });
    const told = recordOf(incident({ rest: { decision: incomplete, termination } }), null, now);
    expect(told.record).toMatchObject({ kind: 'notify', ending: 'incomplete' });
    expect(told.record.message).toContain('could not be finished. Moved the address 3 times.');
    const undecided = {
      kind: 'undecided',
      outcome: 'undecided',
      dryRun: false,
      sentence: 'A function that decides has failed: BadInput',
      error: { Error: 'BadInput' },
    } as const;
    const unknown = recordOf(incident({ rest: { decision: undecided } }), null, now);
    expect(unknown.record).toMatchObject({ kind: 'notify', ending: 'undecided' });
  });

  it('message: the same is told once an hour, and something else at once', () => {
    const failovers = [60, 600, 1200].map(secondsAgo);
    const held = ended({ active: hostSays0, answers: refused, address: { failovers } });
    const { notifiedTag } = recordOf(held, null, secondsAgo(300));
    expect(notifiedTag).toMatch(/^failover-limit 2026-10-02T11:55:00Z \S+$/);
    const later = { ...held, execution: { ...held.execution, id: 'arn:the-next-one' } };
    const again = recordOf(later, notifiedTag, now);
    expect(again.record).toMatchObject({
      kind: 'quiet',
      sentence: 'People were told already, at 2026-10-02T11:55:00Z.',
    });
    expect(recordOf(held, notifiedTag, secondsAgo(-3400)).record.kind).toBe('notify');
    expect(recordOf(moved(), notifiedTag, now).record.kind).toBe('notify');
  });

  it('message: a record whose answer was lost is made again, and its message is not lost', () => {
    const { notifiedTag } = recordOf(moved(), null, secondsAgo(2));
    expect(recordOf(moved(), notifiedTag, now).record.kind).toBe('notify');
  });

  it('message: a move by another execution is the same news, and names who holds the address', () => {
    const one = moved();
    const { notifiedTag } = recordOf(one, null, now);
    const survey = incident({ rest: {} }).survey;
    if (survey?.kind !== 'surveyed' || survey.address === null) throw new Error('no survey');
    const held = { attachmentId, instanceId: standbyId, attachedAt: now, status: 'attached' };
    const other = moved({
      execution: { ...one.execution, id: 'arn:another' },
      attachment: {
        kind: 'moved',
        at: now,
        sentence: `${standbyId} holds the address.`,
        instanceId: 'i-picked-in-vain',
        attachmentId,
        unfit: [],
      },
      survey: { ...survey, address: { ...survey.address, attachment: held } },
      verification: undefined,
    });
    expect(recordOf(other, null, now).record.subject).toContain(`moved to ${standbyId}`);
    expect(recordOf(other, notifiedTag, now).record.kind).toBe('quiet');
  });

  it.each([
    '',
    'garbage',
    'waiting-for-operator yesterday',
    'waiting-for-operator 2030-01-01T00:00:00Z',
  ])('message: a tag %j that nobody of us wrote keeps nobody from being told', (tag) => {
    const failovers = [60, 600, 1200].map(secondsAgo);
    const held = ended({ active: hostSays0, answers: refused, address: { failovers } });
    expect(recordOf(held, tag, now).record.kind).toBe('notify');
  });

  it('message: subject and tag stay within the limits of SNS and EC2, whatever happened', () => {
    const sentence = `Slot 2 stays empty.\n${'ü'.repeat(500)}`;
    const problems = [{ kind: 'version-fails', sentence }] as const;
    const { record, notifiedTag } = recordOf(
      ended({}, { standbyLaunch: standbyLaunch({ problems, launched: ['i-1'.repeat(90)] }) }),
      null,
      now,
    );
    expect(record.subject).toMatch(/^[ -~]{1,99}$/);
    expect(notifiedTag?.length).toBeLessThanOrEqual(256);
  });

  it('message: a document without a decision is undecided', () => {
    expect(endingOf(incident({ rest: { decision: { kind: 'none' } } }))).toBe('undecided');
  });
});
