/**
 * Makes text from transcripts safe for places that read more than plain text. Titles and models
 * are written by whoever wrote the transcript, so nothing of them may become a link, an icon, a
 * command or a second line.
 */

/** Control characters and the marks that turn the direction of what follows them. */
const INVISIBLE =
  // Ranges, not \p{Cc}: the first use of a property escape costs milliseconds of the activation.
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029]+/g;
const ZERO_WIDTH_SPACE = '\u200b';

/** One line without control characters, cut at `limit` characters. */
export function oneLine(text: string, limit = 120): string {
  // The cut before the clean-up bounds the work on a title of megabytes.
  const line = text
    .slice(0, limit * 8)
    .replace(INVISIBLE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
}

/**
 * For notifications, pickers, progress and the status bar: there `$(name)` is drawn as an icon and
 * `[text](target)` as a link. A zero-width space breaks both without being seen.
 */
export function plain(text: string, limit = 80): string {
  return oneLine(text, limit)
    .replaceAll('$(', `$${ZERO_WIDTH_SPACE}(`)
    .replaceAll('](', `]${ZERO_WIDTH_SPACE}(`);
}

/**
 * For Markdown tooltips: every ASCII punctuation character is escaped, which CommonMark allows and
 * which leaves no construct standing; the scheme of a bare address is broken so that it is no link.
 */
export function escapeMarkdown(text: string, limit = 200): string {
  return oneLine(text, limit)
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/\b(https?|ftp|mailto|command|vscode|file|www)(?=\\[:.])/gi, `$1${ZERO_WIDTH_SPACE}`)
    .replace(/\\@/g, `\\@${ZERO_WIDTH_SPACE}`);
}

/** A name for the last part of a document's address, which editors show as the tab's title. */
export function fileName(text: string): string {
  return oneLine(text, 60).replace(/[/\\?#%:*"<>|]/g, '-') || 'untitled';
}
