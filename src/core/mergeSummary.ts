/**
 * Sums a branch up without a model: what was asked, which files were changed, which commands ran and
 * how they ended, and how it came out, in the branch's own words. Markdown, of bounded length.
 */
import { CommandRuns } from './commands.ts';
import { editedFiles, textOf, type Message } from './message.ts';

const PROMPT_LENGTH = 300;
const OUTCOME_LENGTH = 2_000;
const MOST_PROMPTS = 10;
const MOST_FILES = 40;
const MOST_COMMANDS = 20;

export function summariseMessages(
  title: string,
  messages: readonly Pick<Message, 'role' | 'content'>[],
): string {
  const prompts = messages.filter(({ role }) => role === 'user').map(textOf);
  const outcome = messages.findLast((message) => message.role === 'assistant' && said(message));
  const parts = [
    `Summary of ${messages.length} messages from “${oneLine(title, 120)}”.`,
    list('Asked', prompts.filter((prompt) => prompt.trim() !== '').map(quoted), MOST_PROMPTS),
    list('Files changed', filesOf(messages), MOST_FILES),
    list('Commands', commandsOf(messages), MOST_COMMANDS),
    ...(outcome ? [`**Outcome**\n\n${shorten(textOf(outcome).trim(), OUTCOME_LENGTH)}`] : []),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function said(message: Pick<Message, 'content'>): boolean {
  return textOf(message).trim() !== '';
}

function quoted(prompt: string): string {
  return oneLine(prompt, PROMPT_LENGTH);
}

function filesOf(messages: readonly Pick<Message, 'content'>[]): string[] {
  const files = new Map<string, { added: number; removed: number }>();
  for (const { content } of messages) {
    for (const block of content) {
      if (block.type !== 'tool') continue;
      for (const { path, added, removed } of editedFiles(block)) {
        const known = files.get(path) ?? { added: 0, removed: 0 };
        files.set(path, { added: known.added + added, removed: known.removed + removed });
      }
    }
  }
  return [...files].map(([path, { added, removed }]) => `${code(path)} +${added} −${removed}`);
}

/** Each command once, with how its last run ended. */
function commandsOf(messages: readonly Pick<Message, 'content'>[]): string[] {
  const commands = new Map<string, string>();
  const runs = new CommandRuns();
  for (const [index, { content }] of messages.entries()) {
    for (const block of content) {
      const command = block.type === 'tool' ? runs.of(block, index)?.command : undefined;
      if (!command || command.text === '') continue;
      const end = command.failed === undefined ? 'no result' : command.failed ? 'failed' : 'passed';
      commands.set(command.text, end);
    }
  }
  return [...commands].map(([text, end]) => `${code(oneLine(text, 160))} ${end}`);
}

function list(heading: string, items: readonly string[], most: number): string {
  if (items.length === 0) return '';
  const left = items.length - most;
  const lines = items.slice(0, most).map((item) => `- ${item}`);
  if (left > 0) lines.push(`- … and ${left} more`);
  return `**${heading}**\n\n${lines.join('\n')}`;
}

/** As inline code, whatever marks the text holds. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

function oneLine(text: string, length: number): string {
  return shorten(text.replaceAll(/\s+/g, ' ').trim(), length);
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
