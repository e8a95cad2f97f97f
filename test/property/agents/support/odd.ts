/** Values as damaged files have them: mostly what belongs there, now and then anything. */
import fc from 'fast-check';

export const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', null, 0, -1, '\ud83d'),
);

export function often<T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: odd });
}
