/**
 * Control characters of a transcript as signs that can be seen: none may reorder, hide or cut off
 * what a person reads. One character stands for one, so that places in the text stay where they are.
 */

/** All but tab and line ends, and the marks that turn the direction of what follows them. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const PICTURES = 0x2400;
const DELETE = 0x7f;

export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    return code === DELETE ? '\u2421' : '\ufffd';
  });
}
