/** What an incident leaves behind when its execution ends: a record, and a message to people. */

/** Tell people: the message of `record` was published. */
export interface Notification {
  readonly kind: 'sent';
  readonly messageId: string;
}

export type Ending =
  | 'refused'
  | 'undecided'
  | 'dry-run'
  | 'held-back'
  | 'incomplete'
  | 'closing'
  | 'failed-over'
  | 'paused'
  | 'nothing-to-do';

/** Record incident: what is kept, and what people are told. */
export interface IncidentRecord {
  /** told: people are to be told. quiet: nothing happened, or they know already. */
  readonly kind: 'told' | 'quiet';
  readonly at: string;
  /** Why they are told, or why not. */
  readonly sentence: string;
  /** The end that the execution is shown under, in one word. */
  readonly ending: Ending;
  /** Subject and text of the message, whether it is sent or not. */
  readonly subject: string;
  readonly message: string;
}
