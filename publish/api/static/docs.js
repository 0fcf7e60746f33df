// Tries a route: builds the request from its form, sends it to this site, shows the answer.
"use strict";

const keyField = document.getElementById("key");
document.getElementById("access").addEventListener("submit", (e) => e.preventDefault());

for (const route of document.querySelectorAll(".route[data-method]")) {
  route.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(route).catch((error) => show(route, String(error), ""));
  });
}

async function attempt(route) {
  const { url, headers } = address(route);
  const key = keyField.value.trim();
  if (key) headers.set("Authorization", `Bearer ${key}`);
  const body = route.querySelector("textarea")?.value;
  if (body !== undefined) {
    headers.set("Content-Type", route.dataset.media || "application/json");
  }
  const began = performance.now();
  const answer = await fetch(url, { method: route.dataset.method, headers, body, cache: "no-store" });
  const spent = Math.round(performance.now() - began);
  const line = `${answer.status} ${answer.statusText} · ${spent} ms · ${url}`;
  const kind = answer.headers.get("Content-Type") || "";
  if (kind.includes("pdf")) {
    show(route, line, `${(await answer.blob()).size} bytes, application/pdf`);
    return;
  }
  const text = await answer.text();
  show(route, line, kind.includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text);
}

function address(route) {
  const query = new URLSearchParams();
  const headers = new Headers();
  let path = route.dataset.path;
  for (const field of route.querySelectorAll("[data-place]")) {
    const value = field.value.trim();
    if (field.dataset.place === "path") {
      path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    } else if (value && field.dataset.place === "query") {
      query.set(field.name, value);
    } else if (value) {
      headers.set(field.name, value);
    }
  }
  return { url: query.size ? `${path}?${query}` : path, headers };
}

function show(route, line, text) {
  const outcome = route.querySelector(".outcome");
  outcome.hidden = false;
  outcome.querySelector(".line").textContent = line;
  outcome.querySelector("pre").textContent = text;
}
