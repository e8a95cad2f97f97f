/**
 * Strategies as a person writes them: `<id>.multipath.yaml` (docs/strategies.md). Read without trust,
 * and every complaint says where and what to do. `media/strategy.schema.json` says the same of a
 * file's form for editors; a test holds the two to each other.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Strategy, StrategyStep } from './strategy.ts';
import { STEP_CONTEXTS, STEP_KEPT } from './strategySchema.ts';
import { placeholdersIn, type FoundPlaceholder } from './strategyTemplate.ts';

const STEP_NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MOST_STEPS = 20;
const LONGEST_NAME = 80;

export interface StrategyProblem {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** In words for the person, with what to do. */
  readonly message: string;
}

export interface ReadStrategy {
  /** Absent where there is any problem. */
  readonly strategy?: Strategy;
  /** In the order of the file. */
  readonly problems: readonly StrategyProblem[];
}

const TOP_KEYS = ['version', 'name', 'description', 'steps'] as const;
const STEP_KEYS = ['name', 'title', 'prompt', 'system', 'model', 'context', 'keep'] as const;

/** Reads a file's text; `id` is its name without the ending. */
export function readStrategy(text: string, id: string): ReadStrategy {
  return new StrategyReader(text).read(id);
}

/** A strategy as a file that reads back as the same one. */
export function printStrategy({ name, description, steps }: Strategy): string {
  return stringify({ version: 1, name, description, steps }, { lineWidth: 0 });
}

class StrategyReader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #problems: { readonly at: number; readonly message: string }[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  read(id: string): ReadStrategy {
    for (const { message, pos } of this.#document.errors) {
      this.#complain(pos[0], `This is not YAML as it should be: ${message.replace(/\.$/, '')}.`);
    }
    const strategy = this.#problems.length === 0 ? this.#strategy(id) : undefined;
    if (strategy && this.#problems.length === 0) return { strategy, problems: [] };
    const problems = [...this.#problems]
      .sort((a, b) => a.at - b.at)
      .map(({ at, message }) => {
        const { line, col } = this.#lines.linePos(at);
        return { line, column: col, message };
      });
    return { problems };
  }

  #strategy(id: string): Strategy | undefined {
    const root = this.#document.contents;
    if (!isMap(root)) {
      this.#complain(
        root?.range[0] ?? 0,
        'A strategy is made of “name” and “steps”: write “name: …” and “steps:” with a list below.',
      );
      return undefined;
    }
    const fields = this.#fields(root, TOP_KEYS);
    const version = fields.get('version');
    if (version && !(isScalar(version) && version.value === 1)) {
      this.#complain(
        atOf(version),
        'This version reads strategies of version 1. Write “version: 1”.',
      );
    }
    const name = this.#words(fields.get('name'), 'name', root);
    if (name !== undefined && name.length > LONGEST_NAME) {
      this.#complain(
        atOf(fields.get('name')),
        `Use at most ${LONGEST_NAME} characters for a name.`,
      );
    }
    const description = this.#optional(fields.get('description'), 'description');
    const steps = this.#steps(fields.get('steps'), root);
    return { id, name: name ?? '', description: description ?? '', steps };
  }

  #steps(node: Node | undefined, root: YAMLMap): StrategyStep[] {
    if (!node) {
      this.#complain(
        atOf(root),
        '“steps” is missing. Add “steps:” and below it a list, each with “name” and “prompt”.',
      );
      return [];
    }
    if (!isSeq(node) || node.items.length === 0) {
      this.#complain(atOf(node), '“steps” is a list: begin each step with “- name: …”.');
      return [];
    }
    if (node.items.length > MOST_STEPS) {
      this.#complain(
        atOf(node),
        `Use at most ${MOST_STEPS} steps; these are ${node.items.length}.`,
      );
    }
    const before: string[] = [];
    const steps: StrategyStep[] = [];
    for (const item of node.items) {
      const step = this.#step(this.#resolved(item), node, before);
      if (!step) continue;
      steps.push(step);
      before.push(step.name);
    }
    return steps;
  }

  #step(node: Node | undefined, list: Node, before: readonly string[]): StrategyStep | undefined {
    if (!isMap(node)) {
      this.#complain(
        atOf(node ?? list),
        'A step is made of “name” and “prompt”: write “- name: …”.',
      );
      return undefined;
    }
    const fields = this.#fields(node, STEP_KEYS);
    const name = this.#words(fields.get('name'), 'name', node);
    if (name !== undefined && !STEP_NAME.test(name)) {
      this.#complain(
        atOf(fields.get('name')),
        'A step’s name has lower-case letters, digits and hyphens, and begins with a letter: “{{steps.NAME}}” names it.',
      );
    } else if (name !== undefined && before.includes(name)) {
      this.#complain(
        atOf(fields.get('name')),
        `Another step is called “${name}”. Give this one a name of its own.`,
      );
    }
    const prompt = this.#words(fields.get('prompt'), 'prompt', node);
    const title = this.#optional(fields.get('title'), 'title');
    const system = this.#optional(fields.get('system'), 'system');
    const model = this.#optional(fields.get('model'), 'model');
    this.#placeholders(fields.get('prompt'), prompt, before);
    this.#placeholders(fields.get('system'), system, before);
    const context = this.#choice(fields.get('context'), 'context', STEP_CONTEXTS);
    const keep = this.#choice(fields.get('keep'), 'keep', STEP_KEPT);
    return {
      name: name ?? '',
      ...(title !== undefined && { title }),
      prompt: prompt ?? '',
      ...(system !== undefined && { system }),
      ...(model !== undefined && { model }),
      ...(context !== undefined && { context }),
      ...(keep !== undefined && { keep }),
    };
  }

  /** The values of a map by their keys; complains of keys that nobody knows. */
  #fields(map: YAMLMap, known: readonly string[]): ReadonlyMap<string, Node> {
    const fields = new Map<string, Node>();
    for (const { key, value } of map.items as readonly Pair[]) {
      const name = isScalar(key) ? String(key.value) : '';
      const at = isScalar(key) ? atOf(key) : atOf(map);
      const node = this.#resolved(value);
      if (!known.includes(name)) {
        const meant = known.find((one) => isNear(one, name));
        const hint =
          meant === undefined ? `There may be ${quoted(known)}.` : `Did you mean “${meant}”?`;
        this.#complain(at, `“${name}” is nothing a strategy has here. ${hint}`);
      } else if (node) fields.set(name, node);
    }
    return fields;
  }

  #words(node: Node | undefined, key: string, parent: Node): string | undefined {
    if (!node || (isScalar(node) && node.value === null)) {
      this.#complain(atOf(node ?? parent), `“${key}” is missing. Write “${key}: …”.`);
      return undefined;
    }
    const text = this.#optional(node, key);
    if (text?.trim() === '')
      this.#complain(atOf(node), `“${key}” is empty. Write something there.`);
    return text;
  }

  #optional(node: Node | undefined, key: string): string | undefined {
    if (!node) return undefined;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    this.#complain(
      atOf(node),
      `“${key}” is text. Put it in quotes, or behind “|” on lines of its own.`,
    );
    return undefined;
  }

  #choice<T extends string>(
    node: Node | undefined,
    key: string,
    among: readonly T[],
  ): T | undefined {
    if (!node) return undefined;
    const value = isScalar(node) ? node.value : undefined;
    const known = among.find((one) => one === value);
    if (known === undefined) this.#complain(atOf(node), `“${key}” is one of ${quoted(among)}.`);
    return known;
  }

  #placeholders(node: Node | undefined, text: string | undefined, before: readonly string[]): void {
    if (!node || text === undefined) return;
    let from = atOf(node);
    for (const found of placeholdersIn(text)) {
      // As it stands in the file: indented, and perhaps with escapes before it.
      const raw = text.slice(found.at).split('}}', 1)[0]?.split('\n', 1)[0] ?? '';
      const at = this.#text.indexOf(raw, from);
      if (at !== -1) from = at + raw.length;
      const message = complaintOf(found, before);
      if (message !== undefined) this.#complain(at === -1 ? atOf(node) : at, message);
    }
  }

  #resolved(value: unknown): Node | undefined {
    if (isAlias(value)) return value.resolve(this.#document);
    return isScalar(value) || isMap(value) || isSeq(value) ? value : undefined;
  }

  #complain(at: number, message: string): void {
    this.#problems.push({ at, message });
  }
}

/** What is wrong with a placeholder; `undefined` for nothing. */
function complaintOf(
  { placeholder }: FoundPlaceholder,
  before: readonly string[],
): string | undefined {
  switch (placeholder.kind) {
    case 'question':
      return undefined;
    case 'previous':
      if (before.length > 0) return undefined;
      return '“{{previous}}” is the answer of the step before, and there is none before the first.';
    case 'step':
      if (before.includes(placeholder.name)) return undefined;
      return before.length === 0
        ? `No step stands before this one, so there is no “{{steps.${placeholder.name}}}”.`
        : `No step “${placeholder.name}” stands before this one. There may be ${quoted(before)}.`;
    case 'unknown':
      return `“${placeholder.text}” is no placeholder. There are {{question}}, {{previous}} and {{steps.NAME}}; write “\\{{” for two braces.`;
  }
}

function atOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `“${word}”`).join(', ');
}

/** True where one letter is missing, too many, or another one. */
function isNear(known: string, typed: string): boolean {
  const word = typed.toLowerCase();
  if (Math.abs(known.length - word.length) > 1) return false;
  let start = 0;
  while (start < known.length && known[start] === word[start]) start++;
  let end = 0;
  while (end < known.length - start && known.at(-1 - end) === word.at(-1 - end)) end++;
  return Math.max(known.length, word.length) - start - end <= 1;
}
