/**
 * Markdown of a transcript, which is hostile until proven otherwise, as nodes that can do nothing:
 * raw HTML is text, images are named and never loaded, links carry their target in `data-href` and
 * go nowhere by themselves. The allow-list is applied last, to what everything before it made.
 */
import DOMPurify, { type Config } from 'dompurify';
import { Marked, type Tokens } from 'marked';
import { decorate } from './decorate.ts';
import { t } from './strings.ts';
import { visible } from './visible.ts';

/** Longer texts show as plain text: parsing them would hold up scrolling. In characters. */
const MARKDOWN_LIMIT = 32_000;
/** Bound on the parser's work, which grows with delimiters times the length they stand in. */
const WORK_LIMIT = 10_000_000;
const FENCED = /^ {0,3}(```|~~~)[^]*?^ {0,3}\1/gm;
const DELIMITERS = /[*_~`[\]<>!]/g;
/** Lists and quotes nested deeper than anybody writes. */
const NESTED = /^[ \t]*(?:>[ \t]*|[-*+][ \t]+|\d{1,9}[.)][ \t]+){16}/m;
/** Longest target the host takes. */
const URL_LIMIT = 4096;
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a', 'span', 'div'],
    ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  ],
  ALLOWED_ATTR: ['class', 'title', 'align', 'start', 'data-href', 'data-lang'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The target if the host may be asked to open it, else `undefined`. */
function openableUrl(href: string): string | undefined {
  if (href.length > URL_LIMIT || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  return SCHEMES.has(url.protocol) ? url.href : undefined;
}

function rendererOf(breaks: boolean): Marked {
  return new Marked({
    gfm: true,
    breaks,
    renderer: {
      html: (token) =>
        'block' in token && token.block
          ? `<div class="mp-raw">${escapeHtml(token.text.trimEnd())}</div>`
          : escapeHtml(token.text),
      image: ({ href, text }) =>
        `<span class="mp-image" title="${escapeHtml(href)}">` +
        escapeHtml(text === '' ? t('Image not loaded') : t('Image not loaded: {0}', text)) +
        ` <span class="mp-target">${escapeHtml(href)}</span></span>`,
      link(token) {
        return linkHtml(token, this.parser.parseInline(token.tokens));
      },
      code: ({ text, lang }) =>
        `<pre data-lang="${escapeHtml((lang ?? '').trim().split(/\s/, 1)[0] ?? '')}">` +
        `<code>${escapeHtml(text)}</code></pre>`,
      checkbox: ({ checked }) => `<span class="mp-task">${checked ? '☑' : '☐'}</span> `,
    },
  });
}

function linkHtml(token: Tokens.Link, label: string): string {
  const url = openableUrl(token.href);
  const target = escapeHtml(token.href);
  if (url !== undefined) return `<a data-href="${escapeHtml(url)}" title="${target}">${label}</a>`;
  // A path of the project is no link here; anything that could be an address shows what it wanted.
  const shown = /[:&]/.test(token.href) && token.text !== token.href;
  return (
    `<span class="mp-inert" title="${target}">${label}</span>` +
    (shown ? ` <span class="mp-target">${target}</span>` : '')
  );
}

const plain = rendererOf(false);
const withBreaks = rendererOf(true);

/**
 * Renders a text.
 * @param text Markdown, at any length; what is too long or too tangled shows as plain text
 * @param breaks true where a single line break was meant as one (what people type)
 */
export function renderMarkdown(text: string, breaks = false): DocumentFragment {
  if (isTangled(text)) return plainText(text);
  let html: string;
  try {
    html = (breaks ? withBreaks : plain).parse(text, { async: false });
  } catch {
    // Nesting deeper than the parser's stack: nobody wrote that to be formatted.
    return plainText(text);
  }
  const fragment = DOMPurify.sanitize(html, ALLOWED);
  // Markdown takes `&#8238;` for the character, which was not there to be seen before.
  if (text.includes('&')) showControls(fragment);
  decorate(fragment);
  return fragment;
}

function showControls(fragment: DocumentFragment): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && visible(node.data) !== node.data) node.data = visible(node.data);
  }
}

/** True for texts that would take the parser long, by length or because they were made to. */
function isTangled(text: string): boolean {
  if (text.length > MARKDOWN_LIMIT || NESTED.test(text)) return true;
  let work = 0;
  for (const paragraph of text.replaceAll(FENCED, '').split(/\n[ \t]*\n/)) {
    work += paragraph.length * (paragraph.match(DELIMITERS)?.length ?? 0);
    if (work > WORK_LIMIT) return true;
  }
  return false;
}

function plainText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const block = document.createElement('div');
  block.className = 'mp-raw';
  block.textContent = text;
  fragment.append(block);
  return fragment;
}
