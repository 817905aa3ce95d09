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
  document.getElementById("search").hidden = false;
})();
