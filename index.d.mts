export * from './index.js';
export { VisualDatabase as default } from './index.js';
