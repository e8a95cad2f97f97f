/**
 * Sums a branch up without a model: what was asked, which files were changed, which commands ran and
 * how they ended, and how it came out, in the branch's own words. Markdown, of bounded length.
 */
import { CommandRuns, type Command } from './commands.ts';
import { Slices } from './compare/slices.ts';
import { editedFiles, textOf, type Message } from './message.ts';

const PROMPT_LENGTH = 300;
const OUTCOME_LENGTH = 2_000;
const MOST_PROMPTS = 10;
const MOST_FILES = 40;
const MOST_COMMANDS = 20;

/** Others get their turn meanwhile: a branch may have tens of thousands of messages. */
export async function summariseMessages(
  title: string,
  messages: readonly Pick<Message, 'role' | 'content'>[],
): Promise<string> {
  const slices = new Slices();
  const prompts: Pick<Message, 'content'>[] = [];
  const files = new Map<string, { readonly added: number; readonly removed: number }>();
  /** Each command once, with how its last run ended. */
  const commands = new Map<string, string>();
  const runs = new CommandRuns();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user' && said(message)) prompts.push(message);
    for (const block of message.content) {
      if (block.type !== 'tool') continue;
      for (const { path, added, removed } of editedFiles(block)) {
        const known = files.get(path) ?? { added: 0, removed: 0 };
        files.set(path, { added: known.added + added, removed: known.removed + removed });
      }
      const command = runs.of(block, index)?.command;
      if (command && command.text !== '') commands.set(command.text, endOf(command));
    }
    await slices.pass();
  }
  const outcome = messages.findLast((message) => message.role === 'assistant' && said(message));
  const parts = [
    `Summary of ${messages.length} messages from “${oneLine(title, 120)}”.`,
    list('Asked', prompts, MOST_PROMPTS, (prompt) => oneLine(textOf(prompt), PROMPT_LENGTH)),
    list('Files changed', [...files], MOST_FILES, ([path, { added, removed }]) => {
      return `${code(path)} +${added} −${removed}`;
    }),
    list('Commands', [...commands], MOST_COMMANDS, ([text, end]) => {
      return `${code(oneLine(text, 160))} ${end}`;
    }),
    ...(outcome ? [`**Outcome**\n\n${shorten(textOf(outcome).trim(), OUTCOME_LENGTH)}`] : []),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function said({ content }: Pick<Message, 'content'>): boolean {
  return content.some((block) => block.type === 'text' && /\S/.test(block.text));
}

function endOf({ failed }: Command): string {
  return failed === undefined ? 'no result' : failed ? 'failed' : 'passed';
}

/** Only items that are shown are put into words: there may be thousands of long ones. */
function list<T>(
  heading: string,
  items: readonly T[],
  most: number,
  inWords: (item: T) => string,
): string {
  if (items.length === 0) return '';
  const left = items.length - most;
  const lines = items.slice(0, most).map((item) => `- ${inWords(item)}`);
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
