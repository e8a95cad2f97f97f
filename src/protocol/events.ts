/** Names on the wire between the extension host, the session servers and the owner of the store. */
import type { OwnPrice } from '../core/storage.ts';
import type { StoragePolicy } from '../core/storage.ts';

/**
 * Every request is `multipath/<method of SessionStore>`; its params are `{ args }`, the method's
 * arguments by position.
 */
export const REQUEST_PREFIX = 'multipath/';
/**
 * Ends the process that owns the store if it is another one and does not answer; the answer says
 * whether it did. Not of SessionStore: it is about the way to the store.
 */
export const END_HUNG_OWNER_REQUEST = 'multipath/endHungOwner';
/** Notification that carries one StoreEvent. */
export const EVENT_NOTIFICATION = 'multipath/event';

/** Handed to the session server by the extension host when it starts. */
export interface ServerOptions {
  /** Absolute folder of the store. */
  readonly storePath: string;
  /** Folders per agent, where a setting names them; else the agent's default ones. */
  readonly agentRoots: Readonly<Record<string, readonly string[]>>;
  /** Bytes the hot tier may hold. */
  readonly hotBytes: number;
  /** Of the extension. */
  readonly version?: string;
  /** Numbers of the decision table, as they are when the server starts. */
  readonly storage?: StoragePolicy;
  /** Prices that the person gave. */
  readonly prices?: readonly OwnPrice[];
}
