/**
 * Prompts with placeholders: `{{question}}`, `{{previous}}` and `{{steps.NAME}}`.
 *
 * Invariant: what is put in is never looked at again: a question, an answer or a transcript that
 * says `{{question}}` says just that.
 */

export type Placeholder =
  | { readonly kind: 'question' | 'previous' }
  | { readonly kind: 'step'; readonly name: string }
  | { readonly kind: 'unknown'; readonly text: string };

export interface FoundPlaceholder {
  /** Where in the template it begins, in UTF-16 units. */
  readonly at: number;
  readonly placeholder: Placeholder;
}

export interface TemplateValues {
  readonly question: string;
  /** The answer of the step before. */
  readonly previous?: string;
  /** Answers of all steps before, by name. */
  readonly steps: ReadonlyMap<string, string>;
}

/** `\{{` are two braces; braces that are not closed are found, so that they can be complained of. */
const PATTERN = /\\\{\{|\{\{(?:([^{}\n]*)\}\})?/g;
const ESCAPED = '\\{{';

export function placeholdersIn(template: string): FoundPlaceholder[] {
  return [...template.matchAll(PATTERN)]
    .filter(([whole]) => whole !== ESCAPED)
    .map((match) => ({ at: match.index, placeholder: placeholderOf(match[0], match[1]) }));
}

/** What is not known stays as it is: a strategy is checked when it is read. */
export function renderTemplate(template: string, values: TemplateValues): string {
  return template.replaceAll(PATTERN, (whole: string, inner: string | undefined) => {
    if (whole === ESCAPED) return '{{';
    const placeholder = placeholderOf(whole, inner);
    switch (placeholder.kind) {
      case 'question':
        return values.question;
      case 'previous':
        return values.previous ?? whole;
      case 'step':
        return values.steps.get(placeholder.name) ?? whole;
      case 'unknown':
        return whole;
    }
  });
}

function placeholderOf(whole: string, inner: string | undefined): Placeholder {
  const name = inner?.trim();
  if (name === 'question' || name === 'previous') return { kind: name };
  const step = /^steps\.([a-z0-9-]+)$/.exec(name ?? '')?.[1];
  return step === undefined ? { kind: 'unknown', text: whole } : { kind: 'step', name: step };
}
