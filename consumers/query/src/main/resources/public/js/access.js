// The token of this browser tab, where the service wants one.
import { $, text } from './dom.js';

const KEY = 'tallyman.token';
let asking = null;

export const token = () => sessionStorage.getItem(KEY);

export const authorization = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

export function forget() {
  sessionStorage.removeItem(KEY);
  location.reload();
}

/**
 * Asks for a token instead of the one that was refused, once for all who need one meanwhile; ends when one was given.
 * A refusal may come late: a token that was given since then is tried first.
 */
export function ask(refused) {
  if (!asking && token() !== refused) return Promise.resolve();
  asking ??= new Promise((resolve) => {
    const dialog = $('access');
    text($('access-note'), token() ? 'That token was not accepted.' : '');
    sessionStorage.removeItem(KEY);
    dialog.oncancel = (event) => event.preventDefault();
    $('access-form').onsubmit = (event) => {
      event.preventDefault();
      const given = $('access-token').value.trim();
      if (!given) return;
      sessionStorage.setItem(KEY, given);
      $('access-token').value = '';
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}
