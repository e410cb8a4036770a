// Building elements, without markup in strings.

/** Makes an element: properties are set, `data-` and `aria-` ones and `role` as attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === 'class') element.className = value;
    else if (name.startsWith('data-') || name.startsWith('aria-') || name === 'role' || name === 'for') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets a text if it is another, so that nothing is laid out for nothing. */
export function text(element, value) {
  const next = value ?? '';
  if (element.textContent !== next) element.textContent = next;
}

export const $ = (id) => document.getElementById(id);

/** A group of buttons of which one is pressed; calls back with the value of the one that was chosen. */
export function choice(label, options, chosen, onChoose) {
  const group = el('div', { class: 'choice', role: 'group', 'aria-label': label });
  const press = (value) => {
    for (const button of group.children) button.setAttribute('aria-pressed', String(button.dataset.value === value));
  };
  for (const [value, name] of options) {
    const button = el('button', { type: 'button', 'data-value': value }, name);
    button.addEventListener('click', () => {
      press(value);
      onChoose(value);
    });
    group.append(button);
  }
  press(chosen);
  group.choose = press;
  return group;
}

/** A drop-down list with its name in front. */
export function pick(label, options, chosen, onPick) {
  const select = el('select', { 'aria-label': label });
  for (const [value, name] of options) select.append(el('option', { value, selected: value === chosen }, name));
  select.addEventListener('change', () => onPick(select.value));
  return select;
}
