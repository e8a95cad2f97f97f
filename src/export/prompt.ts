/** A conversation as a prompt: text that can be pasted anywhere and gone on from. */
import type { Message } from '../core/message.ts';
import { saidIn } from '../core/said.ts';

const ROLES = { user: 'User', assistant: 'Assistant', summary: 'Summary of what came before' };

const BEFORE = `What follows is a conversation between a person (User) and a coding assistant (Assistant). Read it as your own memory of the work so far and carry on from where it ends. Calls of tools and their results stand between tags; the files may have changed since.`;
const AFTER = 'This is where the conversation stands. Go on from here.';

/** Adds messages one by one, so that the caller may read them in pages. */
export class PromptText {
  readonly #parts: string[];

  constructor(title: string) {
    const about =
      title.trim() === '' ? '' : `\n\nIt is about: ${title.replace(/\s+/g, ' ').trim()}`;
    this.#parts = [`${BEFORE}${about}`];
  }

  add(message: Pick<Message, 'role' | 'content'>): void {
    const said = saidIn(message);
    if (said) this.#parts.push(`## ${ROLES[said.role]}\n\n${said.text.trim()}`);
  }

  toString(): string {
    return `${[...this.#parts, '---', AFTER].join('\n\n')}\n`;
  }
}
