/** Which sessions a search is about. Empty lists choose all; matching ignores the case of ASCII letters. */
export interface SessionChoice {
  /** All of these; `*` stands for anything. */
  readonly tags: readonly string[];
  /** Any of these, parts of names. */
  readonly agents: readonly string[];
  readonly projects: readonly string[];
  /** Parts of the person's note, all of them. */
  readonly notes: readonly string[];
  readonly notTags: readonly string[];
  readonly notAgents: readonly string[];
  readonly notProjects: readonly string[];
  readonly notNotes: readonly string[];
}
