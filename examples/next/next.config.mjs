export default {
  // Bundlers can't include its binary.
  serverExternalPackages: ['@ai-orchestra/visual-db'],
};
