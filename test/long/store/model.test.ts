import { describe, it } from 'vitest';
import { checkStore } from '../../property/store/support/storeModel.ts';

describe('the store', () => {
  it('says what a plain model says through a thousand histories', () => checkStore(1000));
});
