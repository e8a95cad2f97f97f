/** A session named by one of our panels, where the person chose: no other extension can make one. */
export class FromPanel {
  readonly sessionId: string;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }
}
