/** Control characters are seen, and nothing moves for it. */
import { expect, test } from 'vitest';
import { visible } from '../../webview-ui/shared/visible.ts';

test('escape sequences and marks that turn text around become signs', () => {
  expect(visible('\u001b[31mred\u001b[0m\u0007')).toBe('␛[31mred␛[0m␇');
  expect(visible('\u202eevil\u202c \u2066x\u2069 \u007f \u009b')).toBe('�evil� �x� ␡ �');
});

test('every character keeps its place; text and line ends stay as they are', () => {
  const text = 'a\tb\r\nc שלום 😀 \u200f\u0000';
  expect(visible(text)).toHaveLength(text.length);
  expect(visible(text).slice(0, -1)).toBe(text.slice(0, -1));
});
