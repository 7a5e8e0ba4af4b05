/**
 * Children by key: each item keeps its element, whatever becomes of its place; those that move are seen to move.
 */

const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const DURATION = 420; // ms
const MOST_MOVING = 60; // elements

const kept = new WeakMap(); // parent -> key -> element

/**
 * Make a parent's children those of the items, in their order.
 *
 * @param {Element} parent
 * @param {Array} items
 * @param {{key: Function, create: Function, update: Function, moving?: boolean}} how
 */
export function reconcile(parent, items, { key, create, update, moving = false }) {
  const held = kept.get(parent) ?? new Map();
  const fresh = kept.get(parent) === undefined || held.size === 0;
  const before = moving && !fresh ? places(held) : null;
  const focused = document.activeElement;
  const next = new Map();
  for (const item of items) {
    const name = key(item);
    const node = held.get(name) ?? create(item);
    update(node, item);
    next.set(name, node);
  }
  for (const [name, node] of held) if (next.get(name) !== node) node.remove();
  order(parent, [...next.values()]);
  kept.set(parent, next);
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
  if (before) move(next, before);
}

/** Bring elements into order by touching only those that are out of it. */
function order(parent, nodes) {
  let place = parent.firstChild;
  for (const node of nodes) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function places(held) {
  if (CALM.matches || document.hidden || held.size > MOST_MOVING) return null;
  const tops = new Map();
  for (const [name, node] of held) tops.set(name, node.getBoundingClientRect().top);
  return tops;
}

function move(next, before) {
  for (const node of next.values()) for (const running of node.getAnimations()) running.cancel();
  const moves = [];
  for (const [name, node] of next) {
    const delta = before.has(name) ? before.get(name) - node.getBoundingClientRect().top : 0;
    if (Math.abs(delta) > 1) moves.push([node, delta]);
  }
  for (const [node, delta] of moves) {
    node.animate([{ transform: `translateY(${delta}px)`, zIndex: delta > 0 ? 2 : 1 }, { transform: "none" }], {
      duration: DURATION,
      easing: "cubic-bezier(.2, .7, .2, 1)",
    });
  }
}
