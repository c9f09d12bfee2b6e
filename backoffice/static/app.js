"use strict";

// "/" goes to the search over everything.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const find = document.querySelector("[data-find]");
    if (find) { event.preventDefault(); find.focus(); find.select(); }
  }
  const open = document.querySelector("details[data-menu][open]");
  if (event.key === "Escape" && open) { open.open = false; open.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Folded parts of the menu stay folded on this device.
for (const part of document.querySelectorAll("details[data-fold]")) {
  const key = "fold-" + part.dataset.fold;
  try { if (localStorage.getItem(key) && !part.querySelector("[aria-current]")) part.open = false; } catch { /* no storage */ }
  part.addEventListener("toggle", () => {
    try { if (part.open) localStorage.removeItem(key); else localStorage.setItem(key, "1"); } catch { /* no storage */ }
  });
}
// The menu alone is scrolled to where one is: `scrollIntoView` would push the page's own heading out of sight.
const side = document.querySelector(".side");
const here = side?.querySelector("[aria-current]");
if (here && here.offsetTop + here.offsetHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

// Forms: empty filters stay out of the address; a record is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-skip-empty]")) for (const input of form.elements) if (input.name && !input.value) input.disabled = true;
  if (form.matches("[data-once]")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  }
});
// Back asks for the page anew: its forms keep the numbers that they had here.
const numbers = [...document.querySelectorAll("input[name=form_number]")];
const had = history.state?.numbers;
if (had?.length === numbers.length) numbers.forEach((input, place) => (input.value = had[place]));
else if (numbers.length) history.replaceState({ ...history.state, numbers: numbers.map((input) => input.value) }, "");
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    if (form.matches("[data-skip-empty]")) for (const input of form.elements) input.disabled = false;
  }
});

// A form that waited for its writer goes on by itself; a page shown once can be printed.
document.querySelector("form[data-at-once]")?.requestSubmit();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Files made aside: how far they are, until one of them is done.
const jobs = document.querySelector("[data-jobs]");
async function watch() {
  const open = jobs.querySelectorAll('[data-state="waiting"], [data-state="running"]');
  if (!open.length) return;
  const answer = await fetch(jobs.dataset.jobs, { headers: { Accept: "application/json" } }).catch(() => null);
  const told = answer?.ok ? await answer.json() : [];
  for (const row of open) {
    const job = told.find((one) => String(one.id) === row.dataset.job);
    if (job && job.state !== row.dataset.state) { location.reload(); return; }
    if (job) {
      row.querySelector("progress").value = job.percent;
      row.querySelector("[data-text]").textContent = job.text;
    }
  }
  setTimeout(watch, 1000);
}
if (jobs) watch();

// A text to copy; where the clipboard is closed to the page (plain http), it is selected for the keyboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { if (!document.execCommand("copy")) return; }
    button.textContent = button.dataset.done;
  });
}

// Columns of a workbook: up and down.
for (const picks of document.querySelectorAll("[data-picks]")) {
  for (const moves of picks.querySelectorAll(".moves")) moves.hidden = false;
  picks.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    const row = step?.closest("li");
    const other = step?.dataset.step === "-1" ? row.previousElementSibling : row?.nextElementSibling;
    if (!other) return;
    if (step.dataset.step === "-1") other.before(row); else other.after(row);
    step.focus();
  });
}

// Ticks in a list.
for (const all of document.querySelectorAll("[data-check-all]")) {
  const form = all.form;
  const boxes = [...form.querySelectorAll("td.pick input")];
  const buttons = form.querySelectorAll("[data-needs-check]");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const button of buttons) button.disabled = !chosen;
  };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; show(); });
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}

// Look-ups: a text box and its list of options.
function combobox(input) {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const combo = input.closest(".combo");
  const many = input.dataset.many;
  const hidden = many ? null : combo.querySelector("input[type=hidden]");
  let chosen = many ? "" : input.value;
  let found = [], active = -1, timer = 0, request = null;

  const place = () => {
    const box = input.getBoundingClientRect();
    const width = Math.min(Math.max(box.width, 280), innerWidth - 16);
    const below = innerHeight - box.bottom;
    list.style.width = width + "px";
    list.style.left = Math.max(8, Math.min(box.left, innerWidth - width - 8)) + "px";
    list.style.top = below < 200 && box.top > below ? "auto" : box.bottom + 3 + "px";
    list.style.bottom = below < 200 && box.top > below ? innerHeight - box.top + 3 + "px" : "auto";
  };
  const stop = () => { clearTimeout(timer); timer = 0; request?.abort(); request = null; };
  const close = () => {
    stop();
    list.hidden = true;
    found = []; active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (index) => {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    if (index < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  };
  const open = (rows, message) => {
    found = rows;
    list.replaceChildren(...(rows.length ? rows : [[0, message]]).map(([, text, kind], i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      if (!rows.length) item.setAttribute("aria-disabled", "true");
      item.textContent = text;
      if (kind) item.append(Object.assign(document.createElement("span"), { className: "sub", textContent: kind }));
      return item;
    }));
    list.hidden = false;
    place();
    input.setAttribute("aria-expanded", "true");
    point(rows.length ? 0 : -1);
  };
  const loose = () => input.classList.toggle("loose", Boolean(input.value.trim() && (many || !hidden.value)));
  const choose = ([id, text]) => {
    if (many) {
      const chips = combo.querySelector("[data-chips]");
      const same = [...chips.querySelectorAll("input")].find((box) => box.value === String(id));
      if (same) same.checked = true;
      else {
        const box = Object.assign(document.createElement("input"), { type: "checkbox", name: many, checked: true });
        box.value = id;
        const label = document.createElement("label");
        label.append(box, " " + text);
        const chip = document.createElement("li");
        chip.className = "chip";
        chip.append(label);
        chips.append(chip);
      }
      input.value = "";
    } else {
      hidden.value = id;
      hidden.dispatchEvent(new Event("change", { bubbles: true }));
      input.value = chosen = text;
    }
    close();
    loose();
  };
  const look = async (query) => {
    stop();
    const mine = (request = new AbortController());
    const url = new URL(input.dataset.lookup, location.href);
    for (const [name, value] of Object.entries({ query, offset: 0, limit: 10 })) url.searchParams.set(name, value);
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const rows = await answer.json();
      if (request === mine && document.activeElement === input) open(rows, input.dataset.none);
    } catch (error) {
      if (error.name !== "AbortError" && request === mine) open([], input.dataset.failed);
    }
    if (request === mine) request = null;
  };

  input.addEventListener("input", () => {
    if (!many && input.value !== chosen) { hidden.value = ""; chosen = ""; }
    loose();
    stop();
    const query = input.value.trim();
    if (!query) { close(); return; }
    timer = setTimeout(() => { timer = 0; look(query); }, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const shown = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) look(!many && hidden.value ? "" : input.value.trim());
      else if (found.length) point((active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter") {
      if (shown || timer || request) event.preventDefault();
      if (shown && active >= 0 && !timer && !request) choose(found[active]);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && shown && found.length === 1 && !timer && !request) choose(found[0]);
  });
  input.addEventListener("click", () => { if (list.hidden && !input.value) look(""); });
  input.addEventListener("blur", () => { close(); loose(); });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const index = [...list.children].indexOf(event.target.closest("li"));
    if (found[index]) choose(found[index]);
  });
  const follow = () => { if (!list.hidden) place(); };
  addEventListener("resize", follow);
  addEventListener("scroll", follow, { capture: true, passive: true });
}
document.querySelectorAll("[data-lookup]").forEach(combobox);

// The board: a card goes where its own buttons lead.
const board = document.querySelector("[data-board]");
if (board) {
  let held = null;
  const button = (lane) => held?.querySelector(`button[value="${lane.dataset.lane}"]`);
  board.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-card]");
    event.dataTransfer.setData("text/plain", held.id);
    for (const lane of board.querySelectorAll("[data-lane]")) lane.classList.toggle("open", Boolean(button(lane)));
  });
  board.addEventListener("dragend", () => {
    held = null;
    for (const lane of board.querySelectorAll(".open")) lane.classList.remove("open");
  });
  board.addEventListener("dragover", (event) => {
    if (event.target.closest(".open")) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const to = button(event.target.closest("[data-lane]"));
    if (to) { event.preventDefault(); to.form.requestSubmit(to); }
  });
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    if (event.target !== card) return;
    const lane = card.closest("[data-lane]");
    const cards = [...lane.querySelectorAll("[data-card]")];
    const beside = (step) => {
      let next = lane;
      do next = step < 0 ? next.previousElementSibling : next.nextElementSibling; while (next && !next.querySelector("[data-card]"));
      return next?.querySelectorAll("[data-card]")[0];
    };
    const to = {
      ArrowUp: () => cards[cards.indexOf(card) - 1],
      ArrowDown: () => cards[cards.indexOf(card) + 1],
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
    }[event.key]?.();
    if (to) { event.preventDefault(); to.focus(); }
    const menu = card.querySelector("details");
    if (event.key === "Enter" && menu) { event.preventDefault(); menu.open = true; menu.querySelector("button").focus(); }
  });
  board.querySelector(":target")?.focus();
}

// Rows below a record.
for (const part of document.querySelectorAll("[data-children]")) {
  const body = part.querySelector("tbody");
  const head = part.dataset.children + "-";
  let next = 0;
  for (const input of part.querySelectorAll("tbody [name]")) {
    if (input.name.startsWith(head)) next = Math.max(next, parseInt(input.name.slice(head.length), 10) + 1 || 0);
  }
  part.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) {
      const made = document.createElement("template");
      made.innerHTML = part.querySelector("template").innerHTML.replaceAll("__index__", next++);
      const row = made.content.querySelector("tr");
      body.append(row);
      row.querySelectorAll("[data-lookup]").forEach(combobox);
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    } else if (event.target.closest("[data-remove-row]")) {
      event.target.closest("tr").remove();
      part.querySelector("[data-add-row]").focus();
    }
  });
}
