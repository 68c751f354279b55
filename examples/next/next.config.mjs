export default {
  // It has a binary, which no bundler takes along.
  serverExternalPackages: ['@ai-orchestra/visual-db'],
};
