/* Names for what Bokeh draws without one, so that a screen reader can say what it is: handles of sliders, check boxes,
   lists, and tools of figures. Every part has its own shadow tree and is drawn anew from time to time, so each tree is
   watched. The value of a slider is a place on a scale, mostly a logarithm: what is said is the number it stands for. */
(() => {
  const give = (element, values) => {
    for (const [name, value] of Object.entries(values))
      if (element?.getAttribute(name) !== value) element?.setAttribute(name, value)  // else the watcher would never rest
  }
  const number = (place, kinds) => {
    const value = Number((kinds.contains("log") ? 10 ** place : place).toPrecision(3))
    return String(kinds.contains("whole") ? Math.round(value) : value)
  }
  const name = (root) => {
    const all = (selector) => root.querySelectorAll(selector)
    const title = root.querySelector(".bk-slider-title, .bk-label, label")?.firstChild?.data.replace(/: $/, "") ?? ""
    for (const slider of all(".noUi-target")) {
      const disabled = slider.hasAttribute("disabled")
      const text = number(Number(root.querySelector(".bk-slider-value").textContent), root.host.classList)
      give(slider.querySelector(".noUi-handle"), {
        "aria-label": title, "aria-valuetext": text, "aria-disabled": String(disabled), tabindex: disabled ? "-1" : "0",
      })
    }
    for (const box of all("input[type=checkbox], .choices[role=combobox]")) give(box, {"aria-label": title})
    for (const tool of all("[title][tabindex]")) give(tool, {role: "button"})
    for (const more of all(".bk-tool-overflow")) give(more, {role: "button", "aria-label": "more tools"})
    for (const surface of all(".bk-events")) surface.removeAttribute("tabindex")  // keys do nothing there
  }
  const watcher = new MutationObserver((changes) => new Set(changes.map((one) => one.target.getRootNode())).forEach(watch))
  const seen = new WeakSet()
  const watch = (root) => {
    if (!seen.has(root))
      watcher.observe(root, {subtree: true, childList: true, attributeFilter: ["aria-valuetext", "disabled", "title"]})
    seen.add(root)
    name(root)
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot && !seen.has(one.shadowRoot)) watch(one.shadowRoot)
  }
  for (const page of document.querySelectorAll(".evanesce")) watch(page.shadowRoot)
})()
