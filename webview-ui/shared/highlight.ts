/**
 * Colours code once it comes into view, in slices that leave time for scrolling. The highlighter
 * writes HTML of spans with classes; it is sanitised like everything else before it is shown.
 */
import type {} from 'highlight.js';
import DOMPurify from 'dompurify';
import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import cssLanguage from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** Longer blocks stay uncoloured. In characters. */
const LIMIT = 200_000;
/** What is coloured at once, so that no task grows long. In characters. */
const SLICE = 8_000;

const languages = {
  ...{ bash, cpp, css: cssLanguage, diff, go, java, javascript, json, markdown, python, rust },
  ...{ sql, typescript, xml, yaml },
};
for (const [name, language] of Object.entries(languages)) {
  highlighter.registerLanguage(name, language);
}

/** Takes the coloured text in place of what the element holds. */
export type PutColours = (code: HTMLElement, coloured: DocumentFragment) => void;

interface Job {
  readonly code: HTMLElement;
  readonly language: string;
  readonly put: PutColours;
}

/** Weak: a message that scrolled away before it was seen must not be kept by this. */
const waiting = new WeakMap<Element, Job>();
const queue: (() => void)[] = [];
let observer: IntersectionObserver | undefined;

/** Colours the text of a code element in its language when it is first seen; unknown ones stay. */
export function highlightWhenSeen(
  code: HTMLElement,
  language: string,
  put: PutColours = (element, coloured) => element.replaceChildren(coloured),
): void {
  if (highlighter.getLanguage(language) === undefined) return;
  if (code.textContent.length > LIMIT) return;
  observer ??= new IntersectionObserver(onSeen, { rootMargin: '200px' });
  waiting.set(code, { code, language, put });
  observer.observe(code);
}

function onSeen(entries: readonly IntersectionObserverEntry[]): void {
  for (const { isIntersecting, target } of entries) {
    const job = waiting.get(target);
    if (!isIntersecting && target.isConnected) continue;
    observer?.unobserve(target);
    waiting.delete(target);
    if (isIntersecting && job !== undefined) enqueue(job);
  }
}

function enqueue({ code, language, put }: Job): void {
  const coloured = document.createDocumentFragment();
  const slices = slicesOf(code.textContent);
  const idle = queue.length === 0;
  slices.forEach((slice, position) => {
    queue.push(() => {
      coloured.append(colour(slice, language));
      if (position === slices.length - 1) put(code, coloured);
    });
  });
  if (idle) requestAnimationFrame(work);
}

function work(): void {
  const until = performance.now() + 8;
  try {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      step();
      if (performance.now() >= until) break;
    }
  } finally {
    if (queue.length > 0) requestAnimationFrame(work);
  }
}

function colour(text: string, language: string): DocumentFragment {
  const { value } = highlighter.highlight(text, { language, ignoreIllegals: true });
  return DOMPurify.sanitize(value, {
    ALLOWED_TAGS: ['span'],
    ALLOWED_ATTR: ['class'],
    RETURN_DOM_FRAGMENT: true,
  });
}

/** Cuts at line ends, best at lines that begin at the margin, where statements begin. */
function slicesOf(text: string): string[] {
  const slices: string[] = [];
  let rest = text;
  while (rest.length > SLICE) {
    const window = rest.slice(0, SLICE);
    const margin = Math.max(...[...window.matchAll(/\n(?=[^\s)}\]*/])/g)].map((m) => m.index), -1);
    const cut = margin > SLICE / 4 ? margin : window.lastIndexOf('\n');
    const length = cut > 0 ? cut + 1 : SLICE;
    slices.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  slices.push(rest);
  return slices;
}
