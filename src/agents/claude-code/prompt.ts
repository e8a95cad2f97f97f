/**
 * What a user record's text is: words that a person typed, or one of the many things Claude Code
 * writes under the same role (slash commands, their output, reminders, notifications).
 */

/** Wrappers that stand beside what was typed in one record; they are taken off, the rest stays. */
const WRAPPERS = /<(system-reminder|ide_opened_file|ide_selection|ide_diagnostics)>[\s\S]*?<\/\1>/g;

/** Machine text that nobody needs to see in a transcript. */
const HIDDEN =
  /^(?:<(?:local-command-stdout|local-command-stderr|local-command-caveat|task-notification|session-start-hook|tick)>|Caveat: The messages below)/;

/** Things the person did that are not a prompt: shown as a notice. */
const ACTION = /^(?:<(?:command-name|command-message)>|\[Request interrupted by user)/;

/** A command line that the person ran from the prompt, and what it printed. */
const RAN = '<bash-input>';
const OUTPUT = /^<bash-std(?:out|err)>/;

const CONTINUATION = 'This session is being continued from a previous conversation';

/** `summary` is the text that stands for a conversation cut short by a compaction. */
export type TextKind = 'typed' | 'action' | 'ran' | 'output' | 'hidden' | 'empty' | 'summary';

/** The text without the wrappers that Claude Code or an editor put around it. */
export function withoutWrappers(text: string): string {
  return (text.includes('<') ? text.replace(WRAPPERS, '') : text).trim();
}

/** What a text is, judged after its wrappers were taken off. */
export function kindOfText(unwrapped: string): TextKind {
  if (unwrapped === '') return 'empty';
  if (ACTION.test(unwrapped)) return 'action';
  if (unwrapped.startsWith(RAN)) return 'ran';
  if (OUTPUT.test(unwrapped)) return 'output';
  if (HIDDEN.test(unwrapped)) return 'hidden';
  return unwrapped.startsWith(CONTINUATION) ? 'summary' : 'typed';
}

/** The command line of a text that is `ran`. */
export function ranLine(text: string): string {
  return tag(text, 'bash-input') ?? '';
}

/** What a text that is `output` says the command printed, to both of its streams. */
export function printed(text: string): string {
  const streams = [tag(text, 'bash-stdout') ?? '', tag(text, 'bash-stderr') ?? ''];
  return streams.filter((stream) => stream !== '').join('\n');
}

/** One line for a slash command or an interruption: `/review main`. */
export function actionText(text: string): string {
  const command = tag(text, 'command-name');
  if (command !== undefined) {
    const name = command.startsWith('/') ? command : `/${command}`;
    return `${name} ${tag(text, 'command-args') ?? ''}`.trim();
  }
  return tag(text, 'command-message') ?? text;
}

function tag(text: string, name: string): string | undefined {
  const start = text.indexOf(`<${name}>`);
  if (start === -1) return undefined;
  const from = start + name.length + 2;
  const end = text.indexOf(`</${name}>`, from);
  return text.slice(from, end === -1 ? undefined : end).trim();
}
