/** How long work of the store tells how far it is, is cancelled, and gives way to requests. */
export interface Work {
  readonly signal: AbortSignal;
  /** `total` is 0 while it is not known. */
  report(done: number, total: number, message: string): void;
  /**
   * Lets others have the thread when a slice is over. Call it between steps that are short.
   * @throws MultipathError `cancelled`
   */
  breathe(): Promise<void>;
}
