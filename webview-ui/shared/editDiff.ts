/** An edit of a file as what it changes: lines with signs, coloured in the file's language. */
import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';
import { fileEditsOf, type FileEdit } from '../../src/core/fileEdits.ts';
import type { ToolBlock } from '../../src/core/message.ts';
import { linesOfPassage, signed, type PassageLine } from '../../src/core/passageLines.ts';
import { linedCode, type Piece } from './linedCode.ts';
import { visible } from './visible.ts';

/** An edit whose lines are known. */
export interface EditLines {
  readonly path: string;
  readonly lines: readonly PassageLine[];
}

/** Lines drawn of one edit; longer ones can be opened in the diff editor. */
const DRAWN = 400;

/** What a call changed, file by file; none where its arguments do not tell, or came shortened. */
export function editLinesOf(tool: ToolBlock): readonly EditLines[] {
  return fileEditsOf(tool).flatMap((edit) => {
    const lines = linesOf(edit);
    return lines.length === 0 ? [] : [{ path: edit.path, lines: lines.slice(0, DRAWN) }];
  });
}

function linesOf(edit: FileEdit): readonly PassageLine[] {
  if (edit.kind === 'whole') return signed('+', edit.text);
  return edit.kind === 'passages' ? edit.passages.flatMap(linesOfPassage) : [];
}

class EditDiffDirective extends Directive {
  #shown: EditLines | undefined;

  override render(edit: EditLines): typeof noChange {
    this.#shown = edit;
    return noChange;
  }

  override update(part: ElementPart, [edit]: [EditLines]): typeof noChange {
    if (this.#shown !== undefined && sameLines(this.#shown, edit)) return noChange;
    this.render(edit);
    const block = document.createElement('pre');
    block.tabIndex = 0;
    block.append(linedCode(edit.lines.map(pieceOf), languageOf(edit.path)));
    part.element.replaceChildren(block);
    return noChange;
  }
}

function sameLines(a: EditLines, b: EditLines): boolean {
  return (
    a.path === b.path &&
    a.lines.length === b.lines.length &&
    a.lines.every(({ sign, text }, at) => b.lines[at]?.sign === sign && b.lines[at].text === text)
  );
}

const KINDS = { '+': 'added', '-': 'removed', ' ': 'same' } as const;

function pieceOf({ sign, text }: PassageLine): Piece {
  return { kind: KINDS[sign], text: `${visible(text)}\n` };
}

/** The highlighter knows languages by the endings of their files, too. */
function languageOf(path: string): string {
  return /\.(\w{1,10})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** `<div class="mp-code" ${editDiff(lines)}></div>` */
export const editDiff = directive(EditDiffDirective);
