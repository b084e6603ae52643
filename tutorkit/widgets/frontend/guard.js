// Keeps JupyterLab's shortcuts away from a view, and names what ipywidgets leaves without a name.

const EDITS = "zyam"; // with Ctrl: undo, redo, select all and merge, which the notebook would do

export default {
  // ipywidgets keeps a change back while the one before is being worked off, but sends a click at
  // once. When this message is here, so is the word that it was: what was kept back is on its way.
  initialize({ model }) {
    model.on("msg:custom", ({ flush }) => flush && model.send({ flushed: flush }));
  },
  render({ el, signal }) {
    el.style.display = "none";
    const begin = () => {
      if (signal.aborted) return;
      if (!el.isConnected) return void setTimeout(begin, 20); // drawn before it is put in its box
      const root = el.closest(".jp-OutputArea-output") ?? el.parentElement;
      const first = !root.tutorkitGuards; // a view among others: one guard looks after all
      const guards = (root.tutorkitGuards ??= new Set());
      guards.add(el);
      signal.addEventListener("abort", () => guards.delete(el));
      if (first) watch(root, guards);
    };
    begin();
  },
};

function watch(root, guards) {
  root.addEventListener("keydown", (event) => guards.size && keepFromLab(event));
  keepFocus(root, guards);
  let waiting = false;
  const look = () => {
    if (waiting) return;
    waiting = true; // a running model changes the page many times a second
    setTimeout(() => {
      waiting = false;
      if (guards.size) nameAll(root);
    }, 100);
  };
  new MutationObserver(look).observe(root, {
    subtree: true, childList: true, characterData: true,
    attributeFilter: ["class", "style", "title"],
  });
  nameAll(root);
}

function keepFromLab(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const command = modified && event.key.length === 1 && !EDITS.includes(event.key.toLowerCase());
  if (!command && !/^(Tab|Escape|F\d+)$/.test(event.key)) event.stopPropagation();
}

// A button that goes off while it has the focus would drop it to the page, and a screen reader with
// it: its row takes the focus, where a key held too long presses nothing, and Tab leads on.
function keepFocus(root, guards) {
  let last = null;
  root.addEventListener("focusin", (event) => (last = event.target));
  root.addEventListener("focusout", () => last?.disabled || (last = null));
  new MutationObserver(() => {
    const lost = [last, document.body].includes(document.activeElement);
    if (!guards.size || !last?.disabled || !lost) return;
    const row = last.parentElement;
    row.tabIndex = -1;
    set(row, "role", "group");
    set(row, "aria-label", [...row.querySelectorAll("button")].map(words).join(", "));
    row.style.outline = "none";
    row.focus({ preventScroll: true });
  }).observe(root, { subtree: true, attributeFilter: ["disabled"] });
}

function nameAll(root) {
  const all = (selector, act) => root.querySelectorAll(selector).forEach(act);
  all("[title=null]", (e) => e.removeAttribute("title")); // ipywidgets writes None as "null"
  all("i.fa", (e) => set(e, "aria-hidden", "true"));
  all(".tutorkit-group", (e) => {
    set(e, "role", "group");
    set(e, "aria-label", caption(e.querySelector(".widget-html")));
  });
  all(".widget-radio-box", (e) => group(e, "radiogroup"));
  all(".widget-toggle-buttons > div", (e) => group(e, "group"));
  all(".widget-toggle-button", (e) =>
    set(e, "aria-pressed", String(e.classList.contains("mod-active"))));
  all(".widget-slider", nameSlider);
  all(".widget-hprogress .progress", nameProgress);
  all(".jupyter-widgets :is(input, select, textarea)", nameField);
  all("button.jupyter-button", nameButton);
  all(".widget-tab", nameTabs);
}

function set(element, attribute, value) {
  if (value && element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function words(element) {
  return (element?.textContent ?? "").replace(/\u200b/g, "").trim();
}

// the caption of a group, without the meanings that fold out of its terms
function caption(element) {
  const copy = element?.cloneNode(true);
  copy?.querySelectorAll(".tutorkit-meaning").forEach((meaning) => meaning.remove());
  return words(copy).replace(/\s+/g, " ");
}

// the description of the widget around an element, or else its tooltip
function description(element) {
  const widget = element.closest(
    ".widget-inline-hbox, .widget-inline-vbox, .widget-radio, .widget-toggle-buttons");
  const tip = widget?.querySelector("[title]:not([title=''])") ?? element;
  return words(widget?.querySelector(":scope > .widget-label")) || tip.title || widget?.title;
}

function group(element, role) {
  set(element, "role", role);
  set(element, "aria-label", description(element));
}

function nameSlider(slider) {
  const name = description(slider);
  const handles = slider.querySelectorAll(".noUi-handle");
  const ends = handles.length > 1 ? [", lower end", ", upper end"] : [""];
  handles.forEach((handle, k) => set(handle, "aria-label", name && name + ends[k]));
  const readout = slider.querySelector(".widget-readout");
  if (readout) {
    set(readout, "role", "textbox");
    set(readout, "aria-label", name && `${name}, as a number`);
  }
}

function nameProgress(bar) {
  const share = Math.round(parseFloat(bar.querySelector(".progress-bar")?.style.width));
  group(bar, "progressbar");
  set(bar, "aria-valuenow", String(share || 0));
}

function nameField(field) {
  const labelled = [...(field.labels ?? [])].some((label) => words(label));
  if (!labelled && field.closest(".widget-inline-hbox, .widget-inline-vbox")) {
    set(field, "aria-label", description(field) || words({ textContent: field.placeholder }));
  }
}

function nameButton(button) {
  const text = words(button).toLowerCase();
  if (button.title.toLowerCase().includes(text)) set(button, "aria-label", button.title);
}

function nameTabs(tabs) {
  const titles = [...tabs.querySelectorAll(":scope > .widget-tab-bar [role=tab]")];
  const panel = tabs.querySelector(":scope > .widget-tab-contents");
  const list = tabs.querySelector(":scope > .widget-tab-bar [role=tablist]");
  if (!panel || !list) return;
  set(list, "aria-label", titles.map(words).join(", "));
  set(panel, "role", "tabpanel");
  set(panel, "aria-label", words(titles.find((tab) => tab.ariaSelected === "true")));
}
