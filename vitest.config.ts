/** Test projects that run in plain Node. Files are discovered by folder; nothing is listed by hand. */
import { defineConfig } from 'vitest/config';

const node = (name: string, timeoutMs: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

export default defineConfig({
  test: {
    projects: [node('unit', 30_000), node('property', 120_000), node('long', 3_600_000)],
    allowOnly: false,
    passWithNoTests: false,
  },
});
