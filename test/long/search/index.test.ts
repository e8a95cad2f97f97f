/** As test/property/search/index.test.ts, over many more seeds. */
import { it } from 'vitest';
import { checkIndex } from '../../property/search/support/indexModel.ts';

it('equals an index made from nothing', () => checkIndex(300));
