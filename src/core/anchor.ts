/**
 * An anchor names a message for ever: the log it stands in and the sequence number of the *last*
 * record that belonged to it when it was named. Derived indexes change when a reader learns more
 * or a log grows; an anchor does not, and records that come later never enter what it cuts off.
 */

export interface Anchor {
  readonly logId: string;
  /** Record sequence number within the log, from 0. */
  readonly seq: number;
  /** The agent's own id of the message, where it has one. */
  readonly nativeId?: string;
}
