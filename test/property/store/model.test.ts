import { describe, it } from 'vitest';
import { checkStore } from './support/storeModel.ts';

describe('the store', () => {
  it('says what a plain model says, whatever was done to it', () => checkStore(25));
});
