// What a script adds to pages that are whole without one: news as it comes, and no reload.

const root = document.documentElement;
root.classList.remove("unscripted");

let number = Number(document.body.dataset.number);
let latest = number;
let drawing = null;
let turn = 0; // counts what the person does: an answer to something earlier is no longer drawn

// ---- drawing: the server's page is laid over this one, part by part, so that focus, words and scrolling stay

function sameKind(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id || "") === (other.id || "");
}

function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  if (old.matches(".data-table")) {
    if (old.dataset.drawn !== fresh.textContent) old.replaceWith(fresh);
    return;
  }
  morphAttributes(old, fresh);
  if (old.matches("textarea")) {
    if (old.defaultValue !== fresh.defaultValue) old.value = old.defaultValue = fresh.defaultValue;
    return;
  }
  if (old.matches(".suggestions")) return;
  morphChildren(old, fresh);
}

// What this module or the person has set, by the elements that bear it; the server knows nothing of it.
const kept = [
  ["details", ["open"]],
  ["form", ["aria-busy", "data-told"]],
  ["input[type=file]", ["data-chosen"]],
  [".suggestions", ["hidden"]],
  ["[data-composer]", ["role", "aria-expanded", "aria-controls", "aria-activedescendant"]],
];

function keeps(old) {
  return new Set(kept.flatMap(([selector, names]) => (old.matches(selector) ? names : [])));
}

function morphAttributes(old, fresh) {
  const own = keeps(old);
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !own.has(name)) {
      old.removeAttribute(name);
      if (name === "checked") old.checked = false;
      if (name === "selected") old.selected = false;
    }
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) === value || own.has(name)) continue;
    old.setAttribute(name, value);
    if (name === "value" && old.matches("input")) old.value = value;
    if (name === "checked") old.checked = true;
    if (name === "selected") old.selected = true;
  }
}

function morphChildren(old, fresh) {
  let here = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const named = next.id ? [...old.children].find((one) => one.id === next.id) : null;
    if (named) {
      if (named !== here) old.insertBefore(named, here);
      else here = here.nextSibling;
      morph(named, next);
    } else if (here && sameKind(here, next)) {
      const after = here.nextSibling;
      morph(here, next);
      here = after;
    } else {
      const made = document.importNode(next, true);
      old.insertBefore(made, here);
      if (made.matches?.(".message")) made.classList.add("fresh");
    }
  }
  while (here) {
    const after = here.nextSibling;
    here.remove();
    here = after;
  }
}

function draw(text, address) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const before = state();
  document.title = fresh.title;
  root.dir = fresh.documentElement.dir;
  number = Number(fresh.body.dataset.number);
  morph(document.body, document.importNode(fresh.body, true));
  if (address && address !== location.href) history.pushState(null, "", address);
  enhance();
  refocus(before);
  if (latest > number) setTimeout(refresh, 60);
}

async function refresh() {
  if (drawing) return;
  const [mine, address] = [turn, location.href];
  drawing = fetch(address, { headers: { "X-Live": "1" } })
    .then(async (answer) => {
      const text = await answer.text();
      const old = Number(/ data-number="(\d+)"/.exec(text)?.[1]) < number;
      if (answer.ok && mine === turn && address === location.href && !old) draw(text);
    })
    .catch(() => {})
    .finally(() => {
      drawing = null;
      if (mine !== turn || address !== location.href) setTimeout(refresh, 60);
    });
  await drawing;
}

// ---- focus: a modal takes it when it opens and gives it back when it closes

const openers = new Map();

function state() {
  const modals = new Map([...document.querySelectorAll("[data-modal]")].map((one) => [pane(one), one.dataset.modal]));
  return { modals, active: document.activeElement, id: document.activeElement?.id };
}

function pane(one) {
  return one?.closest(".pane")?.id ?? "";
}

function refocus(before) {
  for (const shown of document.querySelectorAll(".pane")) {
    const modal = shown.querySelector("[data-modal]");
    const was = before.modals.get(shown.id);
    if (modal && (was !== modal.dataset.modal || modal.querySelector("[data-wrong]:not([data-told])"))) {
      if (!was) openers.set(shown.id, before.id);
      const acts = !document.hasFocus() || pane(before.active) === shown.id || before.active === document.body;
      modal.querySelector("[data-wrong]")?.setAttribute("data-told", "");
      if (acts) firstIn(modal)?.focus();
    } else if (!modal && was) {
      const opener = document.getElementById(openers.get(shown.id) ?? "") ?? shown.querySelector("[data-composer]");
      openers.delete(shown.id);
      if (document.activeElement === document.body || !document.activeElement) opener?.focus();
    }
  }
  if (document.activeElement === document.body && before.id) document.getElementById(before.id)?.focus();
}

function firstIn(modal) {
  return (
    modal.querySelector("[aria-invalid=true]") ??
    modal.querySelector("[autofocus]") ??
    modal.querySelector(".modal-body :is(input:not([type=hidden]), select, textarea)") ??
    modal.querySelector(".emojis button") ??
    modal.querySelector("h2")
  );
}

// ---- forms and links without reload

async function send(form, button) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  form.removeAttribute("data-told");
  const fields = new FormData(form, button ?? null);
  const cleared = form.matches("[data-clear]") ? form.querySelector("textarea") : null;
  const words = cleared?.value;
  const mine = ++turn;
  if (cleared) cleared.value = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Live": "1" } });
    if (!answer.ok) throw new Error(await answer.text());
    for (const file of form.querySelectorAll("input[type=file]")) {
      file.value = "";
      file.removeAttribute("data-chosen");
    }
    form.removeAttribute("aria-busy");
    const text = await answer.text();
    if (mine === turn) draw(text, answer.url);
  } catch (trouble) {
    if (cleared && !cleared.value) cleared.value = words;
    form.removeAttribute("aria-busy");
    tell(String(trouble.message || trouble));
  }
}

function tell(words) {
  const place = document.querySelector("#troubles") ?? document.createElement("p");
  place.id = "troubles";
  place.className = "notices";
  place.setAttribute("role", "alert");
  place.textContent = words;
  document.querySelector("main").prepend(place);
}

async function visit(address, from) {
  const mine = ++turn;
  const answer = await fetch(address, { headers: { "X-Pane": from } });
  if (!answer.ok) return location.assign(address);
  const text = await answer.text();
  if (mine === turn) draw(text, answer.url);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[data-whole]")) return;
  event.preventDefault();
  for (const inside of [form, event.submitter]) inside?.closest("[popover]:popover-open")?.hidePopover();
  if (event.submitter?.name === "press" && !event.submitter.value) return;
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.dataset.press) document.getElementById(link.dataset.press)?.click();
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || link.hash) return;
  if (!link.closest(".panes")) return;
  event.preventDefault();
  link.closest("[popover]:popover-open")?.hidePopover();
  if (link.dataset.draft && compose(link)) return;
  visit(link.href, pane(link));
});

function compose(link) {
  const field = link.closest(".pane").querySelector(".middle [data-composer]");
  if (!field || (!link.dataset.command && new URL(link.href).pathname !== location.pathname && !location.pathname.startsWith("/both"))) return false;
  field.value = link.dataset.draft;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".attach input")) event.target.toggleAttribute("data-chosen", event.target.files.length > 0);
  const key = event.target.dataset?.press;
  const button = key && document.getElementById(key);
  if (button) button.form.requestSubmit(button);
});

window.addEventListener("popstate", () => visit(location.href, ""));

// ---- keys

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Escape" && field.getAttribute?.("aria-expanded") === "true") {
    event.preventDefault();
    return hide(field);
  }
  if (event.key === "Escape") {
    const modal = field.closest?.(".pane")?.querySelector("[data-modal]") ?? document.querySelector("[data-modal]");
    if (modal && !document.querySelector(":popover-open")) {
      event.preventDefault();
      modal.querySelector("[data-escape]")?.click();
    }
    return;
  }
  if (field.matches?.("[data-composer]")) return composing(event, field);
  if (event.key === "Enter" && field.matches?.("input[data-enter]")) {
    event.preventDefault();
    document.getElementById(field.dataset.enter)?.click();
  }
});

// ---- the message field: Enter sends, and / offers commands

const options = (field) => [...document.getElementById(`${field.id}-list`).children];

function composing(event, field) {
  const list = document.getElementById(`${field.id}-list`);
  const shown = !list.hidden;
  const current = options(field).findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (shown && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const count = list.children.length;
    select(field, (current + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
  } else if (shown && (event.key === "Tab" || event.key === "Enter") && current >= 0 && !complete(field)) {
    event.preventDefault();
    choose(field, options(field)[current]);
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    hide(field);
    if (field.value.trim() || field.form.querySelector("input[type=file]")?.files.length) field.form.requestSubmit();
  }
}

function complete(field) {
  return /\s/.test(field.value) || options(field).some((one) => one.dataset.command === field.value);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-composer]")) offer(event.target);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[data-composer]")) hide(event.target);
});

function offer(field) {
  const list = document.getElementById(`${field.id}-list`);
  const word = field.value.split(/\s/)[0].toLowerCase();
  const known = [...document.querySelectorAll(`#${field.dataset.commands} [data-command]`)];
  const fitting = field.value.startsWith("/")
    ? known.filter((one) => (field.value.includes(" ") ? one.dataset.command === word : one.dataset.command.startsWith(word)))
    : [];
  if (!fitting.length || field.value.includes("\n")) return hide(field);
  list.replaceChildren(
    ...fitting.map((one, place) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      item.dataset.command = one.dataset.command;
      item.append(...[...one.childNodes].map((part) => part.cloneNode(true)));
      item.addEventListener("mousedown", (press) => {
        press.preventDefault();
        choose(field, item);
      });
      return item;
    }),
  );
  list.hidden = false;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", list.id);
  select(field, 0);
}

function select(field, place) {
  options(field).forEach((one, index) => one.setAttribute("aria-selected", String(index === place)));
  const current = options(field)[place];
  current?.scrollIntoView({ block: "nearest" });
  if (current) field.setAttribute("aria-activedescendant", current.id);
}

function choose(field, item) {
  field.value = `${item.dataset.command} `;
  offer(field);
  field.focus();
}

function hide(field) {
  const list = document.getElementById(`${field.id}-list`);
  list.hidden = true;
  list.replaceChildren();
  for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
}

// ---- tables that sort and turn pages

function enhance() {
  for (const table of document.querySelectorAll(".data-table:not([data-drawn])")) {
    table.dataset.drawn = table.textContent;
    const body = table.querySelector("tbody");
    const turn = { page: 0, size: Number(table.dataset.page) };
    table.querySelectorAll("thead th").forEach((head, column) => {
      head.querySelector(".sort").addEventListener("click", () => sort(table, body, head, column, turn));
    });
    if (body.rows.length > turn.size) table.append(pager(body, turn));
    page(body, turn);
  }
}

function sort(table, body, head, column, turn) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const one of table.querySelectorAll("thead th")) one.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    const numbers = !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
    return (numbers ? Number(a) - Number(b) : compare(a, b)) * (down ? -1 : 1);
  });
  body.append(...rows);
  turn.page = 0;
  page(body, turn);
}

function pager(body, turn) {
  const bar = document.createElement("p");
  bar.className = "pager";
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  const step = (words, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = words;
    button.addEventListener("click", () => {
      const last = Math.ceil(body.rows.length / turn.size) - 1;
      turn.page = Math.min(Math.max(turn.page + by, 0), last);
      page(body, turn);
    });
    return button;
  };
  bar.append(step("Previous rows", -1), told, step("Next rows", 1));
  turn.told = told;
  return bar;
}

function page(body, turn) {
  const first = turn.page * turn.size;
  [...body.rows].forEach((row, place) => {
    row.hidden = place < first || place >= first + turn.size;
  });
  if (turn.told) turn.told.textContent = `${first + 1}–${Math.min(first + turn.size, body.rows.length)} of ${body.rows.length}`;
}

// ---- following along

enhance();
for (const modal of document.querySelectorAll("[data-modal]")) firstIn(modal)?.focus();
const news = new EventSource(`/live?after=${number}`);
let waiting = 0;
news.addEventListener("message", (event) => {
  latest = Number(event.data);
  if (latest < number) number = latest;
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 40);
});
setInterval(() => document.hidden || refresh(), 60_000);
root.dataset.live = "";
