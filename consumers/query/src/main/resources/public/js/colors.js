// The colours of the style sheet, for what is drawn on a canvas.
const probe = document.createElement('span');
probe.hidden = true;
document.documentElement.append(probe);
let known = new Map();
document.addEventListener('themechange', () => (known = new Map()));

/** A custom property that holds a colour, as the current theme has it. */
export function color(property) {
  if (!known.has(property)) {
    probe.style.color = `var(${property})`;
    known.set(property, getComputedStyle(probe).color);
  }
  return known.get(property);
}

/** The same with an opacity from 0 to 1. */
export function faint(property, opacity) {
  const [red, green, blue] = color(property).match(/[\d.]+/g);
  return `rgb(${red} ${green} ${blue} / ${opacity})`;
}
