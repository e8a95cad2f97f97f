/**
 * Typed messages between a panel's webview and the extension host, the same class at both ends.
 * Every request is answered, by a result or by an error, or fails when its time is up; a handler
 * that throws answers with its error. What arrives is validated before it is looked at.
 */
import * as v from 'valibot';
import { messageOf, MultipathError } from '../core/errors.ts';

/** A panel's contract: requests by name, each a function from one argument to a result. */
export type Contract<T> = { [K in keyof T]: (argument: never) => unknown };
type Argument<F> = F extends (argument: infer A) => unknown ? A : never;
type Result<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

export type Handlers<T> = {
  readonly [K in keyof T]: (argument: Argument<T[K]>) => Result<T[K]> | Promise<Result<T[K]>>;
};
/** One schema per request, checked on receipt. */
export type Schemas<T> = { readonly [K in keyof T]: v.GenericSchema<unknown, Argument<T[K]>> };

const envelope = v.variant('kind', [
  v.object({ kind: v.literal('request'), id: v.number(), name: v.string(), argument: v.unknown() }),
  v.object({ kind: v.literal('result'), id: v.number(), value: v.unknown() }),
  v.object({ kind: v.literal('error'), id: v.number(), message: v.string() }),
]);

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

declare function setTimeout(callback: () => void, ms: number): number & { unref?(): void };
declare function clearTimeout(timer: unknown): void;

/** `Local` is what this end answers, `Remote` what it may ask. */
export class Channel<Local extends Contract<Local>, Remote extends Contract<Remote>> {
  readonly #post: (message: unknown) => void;
  readonly #handlers: Handlers<Local>;
  readonly #schemas: Schemas<Local>;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  /**
   * Not from 1: a page may take the place of another in the same panel, and what was answered to that
   * one must not answer this one's first question.
   */
  #nextId = Math.floor(Math.random() * 2 ** 40);

  constructor(
    post: (message: unknown) => void,
    handlers: Handlers<Local>,
    schemas: Schemas<Local>,
    timeoutMs = 30_000,
  ) {
    this.#post = post;
    this.#handlers = handlers;
    this.#schemas = schemas;
    this.#timeoutMs = timeoutMs;
  }

  /** Asks the other end. Rejects with its error, with `timeout`, or with `cancelled` on dispose. */
  request<K extends keyof Remote & string>(
    name: K,
    argument: Argument<Remote[K]>,
  ): Promise<Result<Remote[K]>> {
    const id = this.#nextId++;
    return new Promise<Result<Remote[K]>>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new MultipathError('timeout', `No answer to "${name}" in time.`));
      }, this.#timeoutMs);
      this.#pending.set(id, {
        // The other end answers with the contract's result type: it is built from the same types.
        resolve: (value) => resolve(value as Result<Remote[K]>),
        reject,
        timer,
      });
      this.#post({ kind: 'request', id, name, argument });
    });
  }

  /** Give every message that arrives to this. Messages that are not ours are left alone. */
  async receive(raw: unknown): Promise<void> {
    const parsed = v.safeParse(envelope, raw);
    if (!parsed.success) return;
    const message = parsed.output;
    if (message.kind === 'request') {
      await this.#answer(message.id, message.name, message.argument);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (!pending) return; // its time was up
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.kind === 'result') pending.resolve(message.value);
    else pending.reject(new MultipathError('unavailable', message.message));
  }

  dispose(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new MultipathError('cancelled', 'The panel was closed.'));
    }
    this.#pending.clear();
  }

  async #answer(id: number, name: string, argument: unknown): Promise<void> {
    try {
      if (!Object.hasOwn(this.#handlers, name)) {
        throw new MultipathError('bad-request', `Unknown request "${name}".`);
      }
      const key = name as keyof Local;
      const parsed = v.safeParse(this.#schemas[key], argument);
      if (!parsed.success) {
        throw new MultipathError('bad-request', `Malformed argument of "${name}".`);
      }
      this.#post({ kind: 'result', id, value: await this.#handlers[key](parsed.output) });
    } catch (error) {
      this.#post({ kind: 'error', id, message: messageOf(error) });
    }
  }
}
