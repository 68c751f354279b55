import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

// The assets are committed, so their names are always the same; lib/studio/assets.js serves every file of that folder.
// The CSP forbids inline scripts, so nothing may be inlined into the page either.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [solid({ hot: false })],
  build: {
    outDir: process.env.VISUAL_DB_STUDIO_ASSETS ?? 'assets',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: { entryFileNames: 'studio.js', assetFileNames: 'studio[extname]', codeSplitting: false },
    },
  },
});
