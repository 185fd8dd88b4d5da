"""The diagram of a model, without which some editors show nothing: tables above, what they read below."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
WIDTH, HEIGHT, GAP, IN_A_LINE = 180, 60, 40, 6


class Diagram:
    """Draws the decisions and inputs that stand under ``root``."""

    def __init__(self, root: Element, namespace: str) -> None:
        for prefix, uri in (("dmndi", DMNDI), ("dc", DC), ("di", DI)):
            ElementTree.register_namespace(prefix, uri)
        self._root, self._namespace = root, namespace
        self._middle: dict[str, tuple[int, int]] = {}

    def draw(self) -> None:
        """Add the diagram: a shape for each node, an edge for each requirement."""
        decisions = self._all("decision")
        tables = [one for one in decisions if one.find(f"{{{self._namespace}}}decisionTable") is not None]
        below = [one for one in decisions if one not in tables] + self._all("inputData")
        page = SubElement(SubElement(self._root, f"{{{DMNDI}}}DMNDI"), f"{{{DMNDI}}}DMNDiagram", id="diagram")
        line = self._place(page, tables, 0)
        self._place(page, below, line + 1)
        for table in tables:
            for requirement in table.findall(f"{{{self._namespace}}}informationRequirement"):
                self._edge(page, requirement, table.attrib["id"])

    def _all(self, name: str) -> list[Element]:
        return self._root.findall(f"{{{self._namespace}}}{name}")

    def _place(self, page: Element, nodes: list[Element], line: int) -> int:
        for place, node in enumerate(nodes):
            x = GAP + (place % IN_A_LINE) * (WIDTH + GAP)
            y = GAP + (line + place // IN_A_LINE) * (HEIGHT + GAP)
            id = node.attrib["id"]
            shape = SubElement(page, f"{{{DMNDI}}}DMNShape", id=f"shape_{id}", dmnElementRef=id)
            size = {"x": x, "y": y, "width": WIDTH, "height": HEIGHT}
            SubElement(shape, f"{{{DC}}}Bounds", {name: str(one) for name, one in size.items()})
            self._middle[id] = (x + WIDTH // 2, y + HEIGHT // 2)
        return line + (len(nodes) + IN_A_LINE - 1) // IN_A_LINE

    def _edge(self, page: Element, requirement: Element, to: str) -> None:
        start = requirement[0].attrib["href"].removeprefix("#")
        id = requirement.attrib["id"]
        edge = SubElement(page, f"{{{DMNDI}}}DMNEdge", id=f"edge_{id}", dmnElementRef=id)
        for x, y in (self._middle[start], self._middle[to]):
            SubElement(edge, f"{{{DI}}}waypoint", x=str(x), y=str(y))
