// Runs before the page is drawn: a theme that was chosen applies from the first frame on.
'use strict';
(() => {
  const KEY = 'tallyman.theme';
  const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };
  const root = document.documentElement;
  const chosen = () => {
    try {
      return localStorage.getItem(KEY) ?? 'auto';
    } catch {
      return 'auto';
    }
  };
  const apply = (theme) => {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (!button) return;
    button.dataset.theme = theme;
    button.title = `Theme: ${theme === 'auto' ? 'as the system' : theme}`;
    button.setAttribute('aria-label', button.title);
  };
  apply(chosen());
  document.addEventListener('DOMContentLoaded', () => {
    apply(chosen());
    document.getElementById('theme').addEventListener('click', () => {
      const next = NEXT[chosen()] ?? 'auto';
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Then it holds until the page is loaded again.
      }
      apply(next);
      document.dispatchEvent(new Event('themechange'));
    });
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    document.dispatchEvent(new Event('themechange')));
})();
