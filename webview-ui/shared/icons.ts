/**
 * Codicons as text: the page's codicon stylesheet brings the font, these are its code points
 * (@vscode/codicons/dist/codicon.css). Cheaper than an element each in a list of thousands.
 */
import { html, type TemplateResult } from 'lit';

const GLYPHS = {
  add: '\uea60',
  'arrow-down': '\uea9a',
  'arrow-up': '\ueaa1',
  archive: '\uea98',
  attach: '\uec34',
  check: '\ueab2',
  'chevron-down': '\ueab4',
  'chevron-left': '\ueab5',
  'chevron-right': '\ueab6',
  'chevron-up': '\ueab7',
  'circle-slash': '\ueabd',
  close: '\uea76',
  'comment-discussion': '\ueac7',
  copy: '\uebcc',
  'debug-restart': '\uead3',
  'debug-stop': '\uead7',
  'debug-pause': '\uead1',
  diff: '\ueae1',
  'diff-multiple': '\uec23',
  discard: '\ueae2',
  error: '\uea87',
  export: '\uebac',
  file: '\uea7b',
  filter: '\ueaf1',
  fold: '\ueaf5',
  'git-branch': '\uec6f',
  'git-merge': '\ueafe',
  'git-compare': '\ueafd',
  'go-to-file': '\uea94',
  history: '\uea82',
  info: '\uea74',
  lightbulb: '\uea61',
  'list-filter': '\ueb83',
  remove: '\ueb3b',
  'repo-forked': '\uea63',
  'screen-full': '\ueb4c',
  'settings-gear': '\ueb51',
  'star-empty': '\uea6a',
  'star-full': '\ueb59',
  sync: '\uea77',
  table: '\uebb7',
  unfold: '\ueb73',
  warning: '\uea6c',
} as const;

export type IconName = keyof typeof GLYPHS;

/** The glyph alone, for nodes that are not made by a template. */
export function glyph(name: IconName): string {
  return GLYPHS[name];
}

/** A decorative icon; what it means must stand beside it or in the button's label. */
export function icon(name: IconName): TemplateResult {
  return html`<span class="mp-icon" aria-hidden="true">${GLYPHS[name]}</span>`;
}
