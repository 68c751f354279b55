import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { pool: 'vmThreads', globals: true, include: ['in_vitest.mjs'] },
});
