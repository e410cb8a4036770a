// A ranking: names with bars, the longest first.
import { el } from '../dom.js';

/** Items are `{key, name, title, href, value, label, note}`; bars are relative to the largest value. */
export function bars(items, color) {
  const top = Math.max(...items.map((item) => item.value ?? 0), 0);
  return items.map((item) => {
    const fill = el('span', { class: `fill ${color}` });
    fill.style.width = `${top > 0 ? (100 * (item.value ?? 0)) / top : 0}%`;
    const name = item.href ? el('a', { href: item.href, title: item.title }, item.name) : el('span', { title: item.title ?? item.name }, item.name);
    name.classList.add('name');
    return el('li', { 'data-key': item.key },
      name,
      el('span', { class: 'label' }, item.label, item.note ? el('span', { class: 'second' }, item.note) : null),
      el('span', { class: 'bar', 'aria-hidden': 'true' }, fill));
  });
}
