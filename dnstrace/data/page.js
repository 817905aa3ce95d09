"use strict";
(() => {
  const field = document.getElementById("filter");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("#exchanges tbody tr")];
  const items = [...document.querySelectorAll("ul.tree li")];
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (node) => { const text = node.textContent.toLowerCase(); return words.every((word) => text.includes(word)); };
    let shown = 0;
    for (const row of rows) { row.hidden = !fits(row); shown += row.hidden ? 0 : 1; }
    for (const item of items) item.hidden = words.length > 0 && !fits(item);
    count.textContent = words.length ? `${shown} of ${rows.length} exchanges` : "";
  };
  field.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
    if (event.key === "Escape" && document.activeElement === field) { field.value = ""; filter(); }
  });
  addEventListener("hashchange", () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row && row.hidden) { field.value = ""; filter(); row.scrollIntoView(); }
  });
  const byServer = document.getElementById("by-server");
  if (byServer) {
    const server = (row) => row.cells[2].textContent;
    byServer.addEventListener("change", () => {
      rows[0].parentNode.append(...(byServer.checked ? [...rows].sort((a, b) => server(a).localeCompare(server(b))) : rows));
    });
    document.getElementById("order").hidden = false;
  }
  document.getElementById("search").hidden = false;
})();
