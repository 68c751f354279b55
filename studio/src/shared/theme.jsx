// Dark or light: as the system has it, until the user chooses.
import { createEffect, createSignal } from 'solid-js';

const KEY = 'visual-db-studio-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const [systemIsDark, setSystemIsDark] = createSignal(dark.matches);
dark.addEventListener('change', ({ matches }) => setSystemIsDark(matches));
const [chosen, setChosen] = createSignal(localStorage.getItem(KEY));

/** The current theme, `dark` or `light`: a signal, for components that draw on a canvas. */
export const theme = () => chosen() ?? (systemIsDark() ? 'dark' : 'light');

/** A colour of the style sheet, by its name. */
export function colour(name) {
  theme();
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function ThemeChoice() {
  createEffect(() => (document.documentElement.dataset.theme = theme()));
  const other = () => (theme() === 'dark' ? 'light' : 'dark');
  const change = () => {
    const next = other();
    localStorage.setItem(KEY, next);
    // At once, since components that draw read the colours before effects have run.
    document.documentElement.dataset.theme = next;
    setChosen(next);
  };
  return (
    <button type="button" class="theme" onClick={change} aria-label={`Show it ${other()}`} title={`Show it ${other()}`}>
      {theme() === 'dark' ? '☀' : '☾'}
    </button>
  );
}
