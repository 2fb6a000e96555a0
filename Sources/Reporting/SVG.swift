/// Shapes of a drawing inside a page. Colours come from classes, so that light, dark and print follow the
/// page.
extension HTMLBuilder {
    /// A drawing with a text alternative; it scales to its place and keeps its proportions.
    public mutating func svg(
        width: Double, height: Double, label: String, _ css: StaticString,
        content: (inout HTMLBuilder) -> Void
    ) {
        element(
            "svg", .class(css), .number("width", width), .number("height", height),
            .data("viewBox", "0 0 \(Self.geometry(width)) \(Self.geometry(height))"), .fixed("role", "img"),
            .label(label), content: content)
    }

    public mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ css: StaticString) {
        void("line", .class(css), .number("x1", x1), .number("y1", y1), .number("x2", x2), .number("y2", y2))
    }

    /// A rectangle; a negative extent is drawn as none.
    public mutating func rect(x: Double, y: Double, width: Double, height: Double, _ css: StaticString) {
        void(
            "rect", .class(css), .number("x", x), .number("y", y), .number("width", max(0, width)),
            .number("height", max(0, height)))
    }

    public mutating func circle(x: Double, y: Double, radius: Double, _ css: StaticString) {
        void("circle", .class(css), .number("cx", x), .number("cy", y), .number("r", radius))
    }

    public enum Anchor: Sendable { case start, middle, end }

    public mutating func label(_ text: String, x: Double, y: Double, _ anchor: Anchor, _ css: StaticString) {
        let value: Attribute =
            switch anchor {
            case .start: .fixed("text-anchor", "start")
            case .middle: .fixed("text-anchor", "middle")
            case .end: .fixed("text-anchor", "end")
            }
        element("text", .class(css), .number("x", x), .number("y", y), value, text: text)
    }

    /// A line through points.
    public mutating func path(_ points: [(x: Double, y: Double)], _ css: StaticString) {
        var steps = ""
        for (index, point) in points.enumerated() {
            steps += (index == 0 ? "M" : "L") + Self.geometry(point.x) + " " + Self.geometry(point.y)
        }
        void("path", .class(css), .data("d", steps))
    }
}
