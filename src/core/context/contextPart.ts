/**
 * One message as a model is shown it: what was said, and tools between tags (said.ts); nothing of
 * what was thought. Long arguments and results of tools keep their beginning and their end.
 *
 * Invariant: secrets are taken out before a text is cut, in windows a little larger than what stays,
 * so that no cut leaves half a secret that no rule knows any more.
 */
import type { RedactedSecrets } from '../exploration.ts';
import type { BoundedText, ContentBlock, Message, ToolBlock } from '../message.ts';
import { addSecrets, redact } from '../redaction/redact.ts';
import { saidIn } from '../said.ts';
import { ends, omitted } from './shorten.ts';

export interface ContextPart {
  readonly role: 'user' | 'assistant';
  /** Not yet free of secrets, but for those of texts that were shortened. */
  readonly text: string;
  /** Arguments and results of tools that were shortened. */
  readonly shortened: number;
  readonly secrets: readonly RedactedSecrets[];
}

/** Characters of a tool's arguments, and of its result. */
const TOOL_CHARACTERS = 6_000;
/** What secrets are looked for in beyond what stays. */
const MARGIN = 1_024;
const SUMMARY = 'Summary of what came before:';

/** `undefined` for what no model is told of. */
export async function contextPart(
  message: Pick<Message, 'role' | 'content'>,
): Promise<ContextPart | undefined> {
  const secrets: (readonly RedactedSecrets[])[] = [];
  let cut = 0;
  const short = async <T extends BoundedText>(bounded: T): Promise<T> => {
    const result = await shortTool(bounded.text);
    if (!result) return bounded;
    cut++;
    secrets.push(result.secrets);
    return { ...bounded, text: result.text };
  };
  const content: ContentBlock[] = [];
  for (const block of message.content) {
    if (block.type === 'thinking') continue;
    content.push(block.type === 'tool' ? await shortCall(block, short) : block);
  }
  const said = saidIn({ role: message.role, content });
  if (!said) return undefined;
  const text = said.role === 'summary' ? `${SUMMARY}\n\n${said.text}` : said.text;
  return {
    role: said.role === 'assistant' ? 'assistant' : 'user',
    text: printable(text),
    shortened: cut,
    secrets: addSecrets(...secrets),
  };
}

async function shortCall(
  call: ToolBlock,
  short: <T extends BoundedText>(text: T) => Promise<T>,
): Promise<ToolBlock> {
  const input = await short(call.input);
  return { ...call, input, ...(call.result && { result: await short(call.result) }) };
}

/** `undefined` for a text that stays as it is. */
async function shortTool(
  text: string,
): Promise<{ text: string; secrets: readonly RedactedSecrets[] } | undefined> {
  if (text.length <= TOOL_CHARACTERS) return undefined;
  const [head, tail] = ends(text, TOOL_CHARACTERS);
  const before = await redact(text.slice(0, head.length + MARGIN));
  const after = await redact(text.slice(-(tail.length + MARGIN)));
  // Half a secret that the window cut stands within the margin, however long what is before became.
  const first = before.text.slice(0, -MARGIN);
  const last = after.text.slice(MARGIN);
  return {
    text: `${first}${omitted(text.length - head.length - tail.length)}${last}`.toWellFormed(),
    secrets: addSecrets(before.secrets, after.secrets),
  };
}

/** Escapes of terminals, whole, so that nothing of them is left to be read as text. */
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Without control characters, of which endpoints refuse some; line breaks and tabs stay. */
function printable(text: string): string {
  return text.replaceAll(ESCAPES, '').replaceAll(CONTROLS, '').toWellFormed();
}
