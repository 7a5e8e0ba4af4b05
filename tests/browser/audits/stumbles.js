// What somebody who does not see the page would stumble over.
() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ids = all("[id]").map((node) => node.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) found.push(`two of #${id}`);
  if (all("h1").length !== 1) found.push("not one h1");
  let level = 1;
  for (const node of all("h1, h2, h3, h4")) {
    if (!node.checkVisibility()) continue;
    if (+node.tagName[1] > level + 1) found.push(`${node.tagName} after h${level}: ${node.textContent}`);
    if (!node.textContent.trim()) found.push(`an empty ${node.tagName}`);
    level = +node.tagName[1];
  }
  for (const table of all("table")) {
    if (!table.caption?.textContent.trim()) found.push(`a table without a caption: ${table.className}`);
    for (const th of table.querySelectorAll("th")) {
      if (!["col", "row"].includes(th.scope)) found.push(`a heading without a scope: ${th.textContent}`);
      if (!th.textContent.trim() && table.checkVisibility()) found.push(`an empty heading in ${table.className}`);
    }
    for (const row of table.tBodies[0].rows) {
      if (row.querySelectorAll("th[scope=row]").length !== 1) found.push(`a row of ${table.className} without its heading`);
      if (row.cells.length !== table.tHead.rows[0].cells.length) found.push(`a ragged row in ${table.className}`);
    }
  }
  for (const node of all("input, select, button, a[href]")) {
    const label = node.labels?.[0]?.textContent ?? node.getAttribute("aria-label") ?? node.textContent;
    if (!label.trim()) found.push(`nameless: ${node.outerHTML}`);
  }
  for (const node of all("[aria-labelledby]")) {
    if (!document.getElementById(node.getAttribute("aria-labelledby"))) found.push(`no label: ${node.outerHTML}`);
  }
  if (all("[tabindex]").some((node) => node.tabIndex > 0)) found.push("a tabindex above 0");
  if (all("[role=log]").length !== 1) found.push("not one log");
  if (all("table [aria-live], [aria-live=assertive], [role=alert]").length) found.push("a loud region");
  if (!document.documentElement.lang) found.push("no language");
  if (all("main").length !== 1) found.push("not one main");
  for (const node of all("svg")) if (node.getAttribute("aria-hidden") !== "true") found.push("a drawing that is read out");
  return found;
}
