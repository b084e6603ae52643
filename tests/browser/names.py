"""Controls that a screen reader cannot name, as Chromium's own accessibility tree has it."""


def unnamed_controls(page, place):
    """Return role and HTML of the focusable elements at or in ``place`` that have no name.

    ``place`` is a CSS selector; it must be there.
    """
    client = page.context.new_cdp_session(page)
    root = client.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    node = client.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
    assert node, f"there is no {place}"
    tree = client.send("Accessibility.queryAXTree", {"nodeId": node})["nodes"]
    found = []
    for item in tree:
        traits = {p["name"]: p["value"].get("value") for p in item.get("properties", [])}
        name = item.get("name", {}).get("value", "")
        if traits.get("focusable") and not any(map(str.isalnum, name)):  # icons are not words
            inner = {"backendNodeId": item["backendDOMNodeId"]}
            html = client.send("DOM.getOuterHTML", inner)["outerHTML"]
            found.append(f"{item['role']['value']}: {html[:200]}")
    client.detach()
    return found
