"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const field = document.getElementById("filter");
  const count = document.getElementById("count");
  const rows = all("#exchanges tbody tr");
  const entries = all("article, .journey > li, main tbody tr, ul.tree li, .map a, .chain g, .words > div");
  const texts = new Map(entries.map((each) => [each, each.textContent.toLowerCase()]));
  const folds = all("main details");
  let before = null;
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = words.length > 0;
    if (active && !before) before = folds.map((each) => each.open);
    const left = entries.filter((each) => {
      const fits = words.every((word) => texts.get(each).includes(word));
      each.toggleAttribute("hidden", !fits);
      return fits;
    });
    const kept = new Set();
    for (const each of active ? left : []) {
      for (let up = each.parentElement.closest("details"); up && !kept.has(up); up = up.parentElement.closest("details")) kept.add(up);
    }
    if (before) folds.forEach((each, index) => { each.open = active ? kept.has(each) || (before[index] && each.open) : before[index]; });
    if (!active) before = null;
    for (const section of all("main > section")) {
      const own = entries.filter((each) => section.contains(each));
      const empty = active && !own.some((each) => !each.hasAttribute("hidden"));
      section.hidden = empty;
      for (const link of all(`nav a[href="#${section.id}"]`)) link.hidden = empty;
    }
    count.textContent = active ? `${left.length} of ${entries.length} entries` : "";
  };
  field.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
    if (event.key === "Escape" && document.activeElement === field) { field.value = ""; filter(); }
  });
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (!target.checkVisibility() && target.closest("[hidden]")) { field.value = ""; filter(); }
    for (let up = target.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  document.addEventListener("click", (event) => { if (event.target.closest(`a[href="${CSS.escape(location.hash)}"]`)) reveal(); });
  const byServer = document.getElementById("by-server");
  if (byServer) {
    const server = (row) => row.cells[2].textContent;
    byServer.addEventListener("change", () => {
      rows[0].parentNode.append(...(byServer.checked ? [...rows].sort((a, b) => server(a).localeCompare(server(b))) : rows));
    });
    document.getElementById("order").hidden = false;
  }
  for (const button of all(".copy button")) {
    const text = button.previousElementSibling;
    const word = button.firstChild;
    const done = () => { word.data = "Copied"; setTimeout(() => { word.data = "Copy"; }, 2000); };
    const select = () => { getSelection().selectAllChildren(text); if (document.execCommand("copy")) done(); };
    button.addEventListener("click", () => {
      if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, select); else select();
    });
    button.hidden = false;
  }
  document.getElementById("search").hidden = false;
})();
