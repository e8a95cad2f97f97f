/** The documents of the index: one for each message that can be found. */

/** Which message a document is: the own message at `position` of a branch of a log. */
export interface MessagePlace {
  readonly log: number;
  readonly branch: number;
  /** Among the branch's own messages, from 0. */
  readonly position: number;
  /** The message's first record. */
  readonly seq: number;
}

export interface NewDocument extends MessagePlace {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Changes when the message does. */
  readonly mark: number;
  /** Terms between spaces. */
  readonly terms: string;
}

export interface StoredDocument extends MessagePlace {
  readonly id: number;
  readonly at: number;
  readonly mark: number;
}
