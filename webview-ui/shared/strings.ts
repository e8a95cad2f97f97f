/** The panel's sentences in the person's language: English until the host's table has come. */
import type { PanelString } from '../../src/protocol/strings.ts';
import type { Strings } from '../../src/protocol/panels.ts';

let table: Strings = {};

/** Takes the table that came with the panel's state. */
export function setStrings(strings: Strings): void {
  table = strings;
}

/** The sentence in the person's language, `{0}`, `{1}`… replaced by the values. */
export function t(sentence: PanelString, ...values: readonly (string | number)[]): string {
  const text = table[sentence] ?? sentence;
  return text.replaceAll(/\{(\d+)\}/g, (hole, position: string) => {
    const value = values[Number(position)];
    return value === undefined ? hole : String(value);
  });
}
