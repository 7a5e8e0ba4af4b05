/** The few things that are done to the document. Text is always set as text, so nothing in a feed becomes markup. */

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  ring: { ring: true },
  dot: { disc: true },
  half: { ring: true, path: "M8 2.2a5.8 5.8 0 0 1 0 11.6z" },
  pause: { path: "M4 3h3v10H4zM9 3h3v10H9z" },
  check: { line: "M2.5 8.5l3.6 3.6 7.4-8" },
  cross: { line: "M3.5 3.5l9 9M12.5 3.5l-9 9" },
  flag: { path: "M3 1.5h1.6v13H3zM5.4 2.5h8l-2.4 3.4 2.4 3.4h-8z" },
  alert: { path: "M8 1l7.2 13.4H.8zM7.2 5.8v4.4h1.6V5.8zm0 5.6V13h1.6v-1.6z" },
  up: { path: "M8 3l6 9H2z" },
  down: { path: "M8 13L2 4h12z" },
  left: { line: "M10.5 2.5L5 8l5.5 5.5" },
  right: { line: "M5.5 2.5L11 8l-5.5 5.5" },
  later: { ring: true, line: "M8 4.6V8l2.4 1.6" },
};

/** Make an element: `el("p", {class: "x"}, "text", child)`. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Set an attribute, or remove it where the value is null, undefined or false; does nothing where it is so already. */
export function set(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** Set an element's text, where it is another one. */
export function text(node, value) {
  const words = String(value ?? "");
  if (node.textContent !== words) node.textContent = words;
}

/** Make a drawing; it says nothing to a screen reader, so words stand beside it. */
export function shape(name) {
  const { ring, disc, path, line } = SHAPES[name] ?? SHAPES.ring;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "shape");
  const add = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    svg.append(node);
  };
  if (ring) add("circle", { cx: 8, cy: 8, r: 5.8, class: "line" });
  if (disc) add("circle", { cx: 8, cy: 8, r: 5.4 });
  if (path) add("path", { d: path, "fill-rule": "evenodd" });
  if (line) add("path", { d: line, class: "line" });
  return svg;
}

/** Show words with a shape before them, in an element that is kept. */
export function mark(node, name, words) {
  const said = `${name} ${words}`;
  if (node.dataset.said === said) return;
  node.dataset.said = said;
  node.replaceChildren(shape(name), el("span", {}, words));
}

/** Put words there for those who do not see. */
export const unseen = (words) => el("span", { class: "unseen" }, words);
