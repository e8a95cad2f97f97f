/** Which table of list prices costs are estimated with; the person is told its date. */

/** Version of `@pydantic/genai-prices` and the day it was published; a test keeps them together. */
export const PRICE_TABLE = { version: '0.1.8', asOf: '2026-09-23' } as const;
