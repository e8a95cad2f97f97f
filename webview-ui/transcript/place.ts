/** Where in a transcript the viewport is, and where it is to go. */

/** A place in the transcript: a row and where its top stands, in pixels below the viewport's. */
export interface Place {
  readonly index: number;
  readonly offset: number;
}

/** A place that is being gone to. */
export interface Goal {
  readonly index: number;
  /** Pixels from the viewport's top to the row's, or to stand at the end of the list. */
  readonly offset: number | 'end';
  readonly focus: boolean;
}
