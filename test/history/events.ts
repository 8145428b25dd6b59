/** Events as GetExecutionHistory gives them, one a second, for tests that make a history by hand. */
import type { HistoryEvent } from '@aws-sdk/client-sfn';

type Draft = Omit<HistoryEvent, 'id' | 'timestamp'> & { readonly seconds?: number };

/** Numbered from 1 on. */
export function numbered(drafts: readonly Draft[]): HistoryEvent[] {
  return drafts.map(({ seconds, ...draft }, index) => ({
    ...draft,
    id: index + 1,
    timestamp: new Date((seconds ?? index) * 1000),
  }));
}

export function event(type: HistoryEvent['type'], seconds?: number): Draft {
  return { type, seconds };
}

/** A Task that was entered, ran and was left with `document`. */
export function task(name: string, document: object, seconds?: number): Draft[] {
  const drafts: readonly Draft[] = [
    entered(name),
    { type: 'LambdaFunctionScheduled' },
    { type: 'LambdaFunctionSucceeded', lambdaFunctionSucceededEventDetails: { output: '{}' } },
    exited(name, document),
  ];
  return drafts.map((draft) => ({ ...draft, seconds }));
}

export function entered(name: string, document: object = {}): Draft {
  return {
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name, input: JSON.stringify(document) },
  };
}

export function exited(name: string, document: object, seconds?: number): Draft {
  return {
    type: 'TaskStateExited',
    stateExitedEventDetails: { name, output: JSON.stringify(document) },
    seconds,
  };
}

/** A try that failed. */
export function failed(error: string): Draft[] {
  return [
    { type: 'LambdaFunctionScheduled' },
    {
      type: 'LambdaFunctionFailed',
      lambdaFunctionFailedEventDetails: { error, cause: 'it broke' },
    },
  ];
}
