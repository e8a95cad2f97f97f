/** Tells prose from fenced code while a Markdown text is gone through line by line. */

/** The fence that stands open, such as three backticks; `undefined` in prose. */
export type OpenFence = string | undefined;

export interface Part {
  readonly kind: 'prose' | 'code';
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/s;

/**
 * Cuts a text, which begins at the start of a line, into stretches of prose and of code; the lines
 * of the fences count as prose. The parts, joined, are the text.
 */
export function partsOf(
  text: string,
  open: OpenFence,
): { readonly parts: readonly Part[]; readonly open: OpenFence } {
  const parts: { kind: Part['kind']; text: string }[] = [];
  const add = (kind: Part['kind'], line: string): void => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += line;
    else parts.push({ kind, text: line });
  };
  let fence = open;
  for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const [, marks = '', rest = ''] = FENCE.exec(line) ?? [];
    if (fence === undefined) {
      add('prose', line);
      if (marks !== '') fence = marks;
    } else if (marks.startsWith(fence) && rest.trim() === '') {
      add('prose', line);
      fence = undefined;
    } else add('code', line);
  }
  return { parts, open: fence };
}
