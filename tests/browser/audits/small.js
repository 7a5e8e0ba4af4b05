// What is too small to be hit: less than 24 pixels.
() => [...document.querySelectorAll("button, select, nav a, .underway a, .switch label")]
  .filter((node) => node.checkVisibility())
  .filter((node) => Math.min(node.getBoundingClientRect().height, node.getBoundingClientRect().width) < 24)
  .map((node) => node.outerHTML)
