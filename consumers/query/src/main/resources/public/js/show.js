// Showing anew what is shown already, without taking the focus or a click from whoever uses it.

/** Where a pointer is pressed: moving or removing that would lose the click. */
let pressed = null;
document.addEventListener('pointerdown', (event) => (pressed = event.button === 0 ? event.target : null), { capture: true });
for (const end of ['pointerup', 'pointercancel']) {
  document.addEventListener(end, () => (pressed = null), { capture: true });
}

/**
 * Makes these nodes the children of an element, in this order. The focus stays with what has it and
 * is kept. Changes nothing while a pointer is pressed in the element.
 */
export function place(parent, nodes) {
  if (pressed && parent.contains(pressed)) return;
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
  if (focused !== document.activeElement && parent.contains(focused)) focused?.focus({ preventScroll: true });
}

/**
 * Makes the children of an element look like these. What is there is changed instead of replaced; it
 * is known by its `data-key`, or else by its place. Listeners of the given nodes do not come along.
 */
export function show(parent, ...nodes) {
  const kept = new Map();
  for (const child of parent.childNodes) if (child.dataset?.key) kept.set(child.dataset.key, child);
  place(parent, nodes.map((node, index) => {
    const key = node.dataset?.key;
    const old = key ? kept.get(key) : parent.childNodes[index];
    if (!old || old.nodeName !== node.nodeName || old.dataset?.key !== key) return node;
    change(old, node);
    return old;
  }));
}

function change(old, node) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== node.data) old.data = node.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of node.attributes) {
    if (old.getAttribute(name) === value) continue;
    // The policy of the page forbids style attributes, but not styles that a script sets.
    if (name === 'style') old.style.cssText = value;
    else old.setAttribute(name, value);
  }
  show(old, ...node.childNodes);
}
