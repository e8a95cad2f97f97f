/** Why a run was stopped from outside: the reason of its abort signal. */
export class Stopped extends Error {
  readonly by: 'person' | 'budget' | 'window';

  constructor(by: Stopped['by'], message: string) {
    super(message);
    this.name = 'Stopped';
    this.by = by;
  }
}

/** @throws Stopped when the signal says so */
export function mustGoOn(signal: AbortSignal): void {
  if (signal.aborted) throw stopOf(signal);
}

export function stopOf(signal: AbortSignal): Stopped {
  return signal.reason instanceof Stopped ? signal.reason : new Stopped('person', 'Cancelled.');
}

/** Asked by a function, because a signal changes while one waits. */
export function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}
