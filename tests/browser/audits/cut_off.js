// What reaches beyond the right edge of the window.
() => [...document.querySelectorAll("th, td, h1, h2, p, a")]
  .filter((node) => node.checkVisibility() && !node.closest(".unseen, .skip"))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => node.outerHTML)
