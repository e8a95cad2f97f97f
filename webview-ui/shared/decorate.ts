/**
 * What sanitised Markdown needs to be used: links that answer to the keyboard, code blocks with a
 * copy button that are coloured when seen, tables that scroll, headings in an order that fits the
 * page. Only adds nodes and attributes of our own.
 */
import { highlightWhenSeen } from './highlight.ts';
import { glyph } from './icons.ts';
import { t } from './strings.ts';

/** Headings of a message stand under the message's own, which is a second-level one. */
const MESSAGE_LEVEL = 2;

/** Prepares nodes that were just sanitised, in place. */
export function decorate(fragment: DocumentFragment): void {
  for (const link of fragment.querySelectorAll<HTMLElement>('a[data-href]')) {
    link.setAttribute('role', 'link');
    link.tabIndex = 0;
  }
  for (const table of fragment.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'mp-table';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const block of fragment.querySelectorAll('pre')) frameCode(block);
  levelHeadings(fragment);
}

/** A block of code or output as a framed element; the text is text, whatever it holds. */
export function codeBlock(text: string, language: string): HTMLElement {
  const block = document.createElement('pre');
  const code = document.createElement('code');
  code.textContent = text;
  block.dataset['lang'] = language;
  block.append(code);
  return frameCode(block);
}

/** Puts a block into its frame: copy button, colours once it is seen. */
function frameCode(block: HTMLPreElement): HTMLElement {
  const frame = document.createElement('div');
  frame.className = 'mp-code';
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'mp-icon-button mp-copy-code';
  copy.title = t('Copy code');
  copy.setAttribute('aria-label', t('Copy code'));
  const icon = document.createElement('span');
  icon.className = 'mp-icon';
  icon.ariaHidden = 'true';
  icon.textContent = glyph('copy');
  copy.append(icon);
  block.replaceWith(frame);
  block.tabIndex = 0;
  frame.append(block, copy);
  const code = block.querySelector('code');
  if (code !== null) highlightWhenSeen(code, block.dataset['lang'] ?? '');
  return frame;
}

function levelHeadings(fragment: DocumentFragment): void {
  let above = MESSAGE_LEVEL;
  for (const heading of fragment.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const depth = Number(heading.tagName.slice(1));
    const level = Math.min(depth + MESSAGE_LEVEL, above + 1, 6);
    above = level;
    const block = document.createElement('div');
    block.className = `mp-heading mp-heading-${depth}`;
    block.setAttribute('role', 'heading');
    block.setAttribute('aria-level', String(level));
    block.append(...heading.childNodes);
    heading.replaceWith(block);
  }
}
