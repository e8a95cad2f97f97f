/**
 * Made-up histories in the shape that Claude Code writes: prompts, answers, tool calls and their
 * results, about 1 KB a record. Seeded, and made line by line, so that a file of any size can be
 * written without holding it.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomNumbers } from './random.ts';

const WORDS = (
  'the session store keeps every record of a branch and reads it page by page while tests run ' +
  'again after refresh token handler returns promise error path module export function const await ' +
  'lock file commit merge rebase parser stream buffer index cache value result type string number'
).split(' ');
export const BEGAN = Date.UTC(2026, 4, 4, 9, 0);
export const HOUR_MS = 3_600_000;
const BATCH_BYTES = 1 << 20;

export interface HistoryOptions {
  readonly seed: number;
  /** Ends after the first record that reaches it. */
  readonly bytes: number;
  /** Characters of a tool's result on average; 1,500 when absent. */
  readonly resultLength?: number;
  /** Milliseconds since the epoch; an hour after the session of the seed before when absent. */
  readonly beganAt?: number;
  /** Makes the texts instead of `prose`. */
  readonly text?: () => string;
}

/** The lines of one session, terminators included. */
export function* historyLines(options: HistoryOptions): Generator<string> {
  const { seed, bytes, resultLength = 1_500, beganAt = BEGAN + seed * HOUR_MS } = options;
  const random = randomNumbers(seed);
  const text = (length: number): string => options.text?.() ?? prose(random, length);
  const sessionId = uuid(random);
  let parentUuid: string | null = null;
  let written = 0;
  for (let turn = 0; written < bytes; turn++) {
    const record = (type: string, message: unknown): string => {
      const own = uuid(random);
      const line = `${JSON.stringify({
        parentUuid,
        isSidechain: false,
        userType: 'external',
        cwd: `/home/ada/project-${seed % 40}`,
        sessionId,
        version: '2.1.0',
        gitBranch: 'main',
        type,
        message,
        uuid: own,
        timestamp: new Date(beganAt + turn * 60_000).toISOString(),
      })}\n`;
      parentUuid = own;
      written += line.length;
      return line;
    };
    const answer = (content: unknown): string =>
      record('assistant', {
        id: `msg_${uuid(random)}`,
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [content],
        usage: { input_tokens: 900, output_tokens: 210, cache_read_input_tokens: 4_000 },
      });
    yield record('user', { role: 'user', content: text(400) });
    yield answer({ type: 'text', text: text(800) });
    if (turn % 4 === 3) {
      const id = `toolu_${uuid(random)}`;
      const input = { file_path: `/home/ada/src/${turn}.ts`, limit: 80 };
      yield answer({ type: 'tool_use', id, name: 'Read', input });
      const result = { tool_use_id: id, type: 'tool_result', content: text(resultLength) };
      yield record('user', { role: 'user', content: [result] });
    }
  }
}

/** Writes a session where Claude Code would, below `home`. Returns the file's path. */
export function writeHistory(home: string, options: HistoryOptions): string {
  const name = uuid(randomNumbers(options.seed));
  const file = join(home, 'projects', `-home-ada-project-${options.seed % 40}`, `${name}.jsonl`);
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'w');
  let pending: string[] = [];
  let length = 0;
  const flush = (): void => {
    writeSync(handle, pending.join(''));
    pending = [];
    length = 0;
  };
  for (const line of historyLines(options)) {
    pending.push(line);
    length += line.length;
    if (length >= BATCH_BYTES) flush();
  }
  flush();
  closeSync(handle);
  return file;
}

/** Words of about so many characters in all, in lines as people and tools write them. */
export function prose(random: () => number, length: number): string {
  const wanted = length * (0.5 + random());
  const words: string[] = [];
  for (let characters = 0; characters < wanted;) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
    const end = random() < 0.08 ? '.\n' : ' ';
    words.push(word, end);
    characters += word.length + end.length;
  }
  return words.join('');
}

function uuid(random: () => number): string {
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
