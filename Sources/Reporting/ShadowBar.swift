import Statistics

/// A difference with its interval, on a scale that a whole table shares.
struct ShadowBar {
    static let width = 150.0
    private static let height = 20.0
    /// Half of the scale: the drawing spans from −reach to +reach.
    let reach: Double
    let value: Double
    let interval: Interval?
    let isProven: Bool
    let label: String

    private func x(_ value: Double) -> Double {
        let share = (value / reach + 1) / 2
        return 4 + min(1, max(0, share)) * (Self.width - 8)
    }

    func write(_ html: inout HTMLBuilder) {
        guard reach > 0, value.isFinite else { return }
        html.svg(width: Self.width, height: Self.height, label: label, "iv") { html in
            html.line(4, 10, Self.width - 4, 10, "grid")
            html.line(x(0), 2, x(0), 18, "zero")
            if let interval {
                if isProven {
                    html.line(x(interval.lower), 10, x(interval.upper), 10, "bar unsure")
                } else {
                    html.line(x(interval.lower), 10, x(interval.upper), 10, "bar none")
                }
            }
            if isProven {
                html.circle(x: x(value), y: 10, radius: 4, "dot unsure")
            } else {
                html.circle(x: x(value), y: 10, radius: 3.2, "dot none")
            }
        }
    }
}
