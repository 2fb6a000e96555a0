/// The answer to *may this change reach users?*
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case ship = "SHIP"
    case block = "BLOCK"
    case cannotTell = "CANNOT TELL"
    /// No verdict could be formed: app, judge or store unreachable.
    case couldNotMeasure = "COULD NOT MEASURE"

    /// The exit status of `sluice eval`.
    public var exitStatus: Int32 {
        switch self {
        case .ship: 0
        case .block: 1
        case .cannotTell: 2
        case .couldNotMeasure: 3
        }
    }
}
