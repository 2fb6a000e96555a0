/// What a control chart says after a point.
public enum ChartSignal: Sendable, Hashable, Codable {
    /// Within its limits.
    case quiet
    /// There was no point, or no number: the chart stands where it stood, and the gap is counted.
    case missing
    /// Beyond a limit. It is said again after every point until the chart is back inside or restarted.
    case alarm(Alarm)

    public struct Alarm: Sendable, Hashable, Codable {
        public let direction: Direction
        /// The point that this alarm was said at, counted from 0; missing points count.
        public let point: Int
        /// The point at which the change is estimated to have begun.
        public let began: Int

        public init(direction: Direction, point: Int, began: Int) {
            self.direction = direction
            self.point = point
            self.began = began
        }
    }

    public enum Direction: String, Sendable, Hashable, Codable {
        case up
        case down
    }

    public var alarm: Alarm? { if case .alarm(let alarm) = self { alarm } else { nil } }
}
