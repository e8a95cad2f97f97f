/** The index against one made from nothing, after whatever happened to it. */
import { it } from 'vitest';
import { checkIndex } from './support/indexModel.ts';

it('equals an index made from nothing', () => checkIndex(12));
