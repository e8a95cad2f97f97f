/** A throw-away Claude Code folder with conversations made for a test. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Line {
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly type: 'user' | 'assistant';
  readonly text: string;
  /** Minutes after the conversation began. */
  readonly minute: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

const BEGAN = Date.UTC(2026, 4, 4, 9, 0);

export class ClaudeHome {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  file(nativeId: string): string {
    return path.join(this.folder, 'projects', '-tmp-shop', `${nativeId}.jsonl`);
  }

  write(nativeId: string, lines: readonly Line[], tail = ''): void {
    mkdirSync(path.dirname(this.file(nativeId)), { recursive: true });
    writeFileSync(this.file(nativeId), this.text(nativeId, lines) + tail);
  }

  append(nativeId: string, lines: readonly Line[]): void {
    mkdirSync(path.dirname(this.file(nativeId)), { recursive: true });
    appendFileSync(this.file(nativeId), this.text(nativeId, lines));
  }

  bytes(nativeId: string): Uint8Array {
    return readFileSync(this.file(nativeId));
  }

  /** The lines as Claude Code writes them. */
  text(nativeId: string, lines: readonly Line[]): string {
    return lines.map((line) => `${JSON.stringify(record(nativeId, line))}\n`).join('');
  }
}

/** A conversation of `count` messages, prompts and answers by turns, with ids `<prefix>-0…`. */
export function turns(
  prefix: string,
  count: number,
  from: { readonly parent?: string | null; readonly minute?: number; readonly text?: string } = {},
): Line[] {
  const { parent = null, minute = 0, text = '' } = from;
  return Array.from({ length: count }, (_, index): Line => {
    const type = index % 2 === 0 ? 'user' : 'assistant';
    return {
      uuid: `${prefix}-${index}`,
      parentUuid: index === 0 ? parent : `${prefix}-${index - 1}`,
      type,
      text: `${type} ${prefix} ${index}${text}`,
      minute: minute + index,
    };
  });
}

function record(nativeId: string, line: Line): unknown {
  const { uuid, parentUuid, type, text, minute, extra } = line;
  const message =
    type === 'user'
      ? { role: 'user', content: text }
      : {
          id: `msg_${uuid}`,
          role: 'assistant',
          model: 'claude-sonnet-4-5',
          content: [{ type: 'text', text }],
          usage: { input_tokens: 100, output_tokens: 50 },
        };
  return {
    uuid,
    parentUuid,
    type,
    isSidechain: false,
    userType: 'external',
    cwd: '/tmp/shop',
    sessionId: nativeId,
    version: '2.1.0',
    timestamp: new Date(BEGAN + minute * 60_000).toISOString(),
    message,
    ...extra,
  };
}
