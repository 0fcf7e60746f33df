/* Suggestions below the search fields. Without this script a search is a plain form.
   A combobox after the WAI-ARIA practices: arrows choose, Enter opens, Escape closes. */
"use strict";

(() => {
  const WAIT = 120; // ms after the last key
  const SHORTEST = 2; // characters, as on the server
  let made = 0;

  const empty = (node) => node.replaceChildren();

  function option(hit, id) {
    const item = document.createElement("li");
    item.id = id;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.href = `/e/${hit.uscc}`;
    for (const [kind, text] of [["name", hit.name], ["former", hit.former_names], ["uscc", hit.uscc]]) {
      if (!text) continue;
      const part = document.createElement("span");
      part.className = kind;
      part.textContent = text;
      item.append(part);
    }
    return item;
  }

  function attach(input) {
    const list = document.createElement("ul");
    const told = document.createElement("span");
    list.id = `suggestions-${(made += 1)}`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggest);
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    input.after(list, told);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
      ["aria-expanded", "false"], ["aria-controls", list.id], ["autocomplete", "off"]]) {
      input.setAttribute(name, value);
    }

    let timer = 0;
    let asked = "";
    let chosen = -1;

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (next) => {
      const items = [...list.children];
      chosen = (next + items.length) % items.length;
      items.forEach((item, n) => item.setAttribute("aria-selected", String(n === chosen)));
      items[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", items[chosen].id);
    };
    const show = (hits) => {
      empty(list);
      close();
      told.textContent = hits.length ? input.dataset.found.replace("{n}", hits.length) : "";
      if (!hits.length) return;
      hits.forEach((hit, n) => list.append(option(hit, `${list.id}-${n}`)));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    };
    const ask = async () => {
      const text = input.value.trim();
      asked = text;
      if ([...text].length < SHORTEST) return show([]);
      try {
        const answer = await fetch(`/search/suggestions?q=${encodeURIComponent(text)}`);
        const hits = answer.ok ? await answer.json() : [];
        if (asked === text) show(hits);
      } catch {
        show([]); // the form still works
      }
      return undefined;
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    };

    input.addEventListener("input", (event) => event.isComposing || later());
    input.addEventListener("compositionend", later);
    input.addEventListener("blur", () => setTimeout(close, WAIT));
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.href);
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-href]");
      if (item) location.assign(item.dataset.href);
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(attach);
})();
