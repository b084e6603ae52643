// A text field over a backdrop with the same letters, in which the wrong stretches are underlined.

const PAUSE = 400; // ms without a key before the text is sent

export default {
  render({ model, el, signal }) {
    const frame = document.createElement("div");
    const backdrop = document.createElement("div");
    const field = document.createElement("textarea");
    const message = document.createElement("div");
    frame.className = "tutorkit-editor";
    message.className = "tutorkit-editor-message";
    message.id = `message-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    backdrop.className = "tutorkit-editor-backdrop"; // no <pre>: JupyterLab has rules for that
    backdrop.setAttribute("aria-hidden", "true");
    Object.assign(field, { spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    field.value = model.get("value");
    frame.append(backdrop, field);
    el.append(frame, message);

    let unsent = null; // the timer of a text that Python has not got yet
    const send = () => {
      clearTimeout(unsent);
      unsent = null;
      model.set("value", field.value);
      model.save_changes();
      paint();
    };
    const type = () => {
      clearTimeout(unsent);
      unsent = setTimeout(send, PAUSE);
      paint();
    };
    const receive = () => {
      if (unsent !== null || field.value === model.get("value")) return; // the newer text wins
      replace(field, model.get("value"));
      paint();
    };
    // marks belong to the text that Python has seen
    const paint = () => draw(backdrop, field.value, unsent === null ? model.get("marks") : []);
    const tell = () => {
      field.setAttribute("aria-label", model.get("label"));
      field.rows = model.get("rows");
      message.textContent = model.get("message");
      const wrong = model.get("marks").length > 0 || model.get("message") !== "";
      field.setAttribute("aria-invalid", String(wrong));
      field.setAttribute("aria-describedby", message.id);
      paint();
    };

    field.addEventListener("input", type);
    field.addEventListener("blur", () => unsent !== null && send());
    model.on("change:value", receive);
    model.on("change:marks change:message change:label change:rows", tell);
    signal.addEventListener("abort", () => {
      if (unsent !== null) send();
      model.off("change:value", receive);
      model.off("change:marks change:message change:label change:rows", tell);
    });
    tell();
  },
};

// Change only the letters that differ, so that the caret stays where it is.
function replace(field, text) {
  const old = field.value;
  const shorter = Math.min(old.length, text.length);
  let head = 0;
  while (head < shorter && old[head] === text[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === text.at(-1 - tail)) tail++;
  const fresh = text.slice(head, text.length - tail);
  field.setRangeText(fresh, head, old.length - tail, "preserve");
}

function draw(backdrop, text, marks) {
  const letters = Array.from(text); // Python counts characters, not UTF-16 units
  const parts = [];
  let from = 0;
  for (const [start, end] of [...marks].sort((a, b) => a[0] - b[0])) {
    const stop = Math.max(end, start + 1);
    const wrong = letters.slice(Math.max(start, from), stop).join("");
    const nothing = wrong === "" || wrong === "\n"; // the end of the text or of a line
    const mark = document.createElement("mark");
    mark.textContent = nothing ? " " : wrong;
    parts.push(letters.slice(from, start).join(""), mark);
    from = nothing ? Math.max(start, from) : Math.max(stop, from);
  }
  backdrop.replaceChildren(...parts, letters.slice(from).join("") + "\n");
}
