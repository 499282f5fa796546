"use strict";
/* What all our reports share: building elements as text only, themes, filters, rows made as they scroll into view. */
function el(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/* theme: the system's choice until a person makes one */
function themes(button) {
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  function set(dark) {
    root.dataset.theme = dark ? "dark" : "light";
    button.textContent = dark ? "Light" : "Dark";
    button.setAttribute("aria-label", "Use the " + (dark ? "light" : "dark") + " theme");
  }
  set(system.matches);
  system.addEventListener("change", event => set(event.matches));
  button.addEventListener("click", () => set(root.dataset.theme !== "dark"));
}

function dot() {
  const node = el("span", "dot");
  node.style.background = "var(--tone)";
  return node;
}

/* filters; each tells `changed` when a person moves it */
function chip(tools, className, text, count, title, chosen, value, changed) {
  if (!count) return;
  const button = el("button", "chip " + className);
  button.type = "button";
  button.title = title || "";
  button.setAttribute("aria-pressed", "false");
  button.append(dot(), text, el("b", "", count.toLocaleString("en")));
  button.addEventListener("click", () => {
    chosen.has(value) ? chosen.delete(value) : chosen.add(value);
    button.setAttribute("aria-pressed", String(chosen.has(value)));
    changed();
  });
  tools.append(button);
}
function menu(tools, label, values, change) {
  const select = el("select");
  select.setAttribute("aria-label", label);
  select.append(new Option(label, ""));
  values.forEach(([value, text]) => select.append(new Option(text, value)));
  select.addEventListener("change", () => change(select.value));
  if (values.length > 1) tools.append(select);
  return select;
}
function searchBox(tools, hint, change) {
  const search = el("input");
  let typing;
  search.type = "search";
  search.placeholder = hint;
  search.setAttribute("aria-label", "Search");
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => change(search.value.toLowerCase()), 150);
  });
  tools.append(search);
}

/* cells of a row */
function code(label, text) {
  const box = el("div", "cell"), copy = el("button", "copy", "Copy");
  box.dataset.name = label;
  copy.type = "button";
  copy.setAttribute("aria-label", "Copy " + label);
  copy.addEventListener("click", () => {
    navigator.clipboard?.writeText(text).then(() => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1200); });
  });
  box.append(el("pre", "", text), copy);
  return box;
}
const parser = new DOMParser();
function picture(svg) {
  const parsed = parser.parseFromString(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), "image/svg+xml").documentElement;
  for (const side of ["width", "height"]) parsed.setAttribute(side, (parseFloat(parsed.getAttribute(side)) * 1.45).toFixed(1));
  parsed.setAttribute("role", "img");
  parsed.setAttribute("aria-label", "rendered formula");
  return document.importNode(parsed, true);
}
function rendered(svg, otherwise) {
  const box = el("div", "cell shown");
  box.dataset.name = "Rendered";
  box.append(svg ? picture(svg) : el("em", "", otherwise));
  return box;
}
function bullets(texts) {
  const list = el("ul");
  (texts || []).forEach(text => list.append(el("li", "", text)));
  return list;
}

/* `show(items)` puts rows on the page, some at a time */
function rowsInto(rows, end, build, step) {
  let chosen = [], next = 0;
  function more() {
    const stop = Math.min(chosen.length, next + step), part = document.createDocumentFragment();
    for (; next < stop; next++) part.append(build(chosen[next]));
    rows.append(part);
  }
  new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting) && next < chosen.length) more();
  }, { rootMargin: "1200px" }).observe(end);
  return (items, nothing) => {
    chosen = items;
    next = 0;
    rows.replaceChildren();
    if (items.length) more();
    else rows.append(el("p", "none", nothing));
  };
}
