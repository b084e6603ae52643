// Keeps a text in the browser, so that it outlives the server and the notebook's folder.

const PLACE = "tutorkit-code";

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser keeps nothing for this page
  }
}

export default {
  render({ model, el }) {
    el.style.display = "none";
    model.set("found", storage()?.getItem(PLACE) ?? "");
    model.set("asked", true);
    model.save_changes();
    const keep = () => {
      const text = model.get("kept");
      try {
        if (text) storage()?.setItem(PLACE, text);
        else storage()?.removeItem(PLACE);
      } catch {
        // full, or forbidden: the file beside the notebook is the one that counts
      }
    };
    model.on("change:kept", keep);
    return () => model.off("change:kept", keep);
  },
};
