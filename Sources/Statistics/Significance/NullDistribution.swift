/// How a rank test obtains its p-value.
public enum NullDistribution: Sendable, Hashable {
    /// Exact where that is cheap, else asymptotic; each test says where it changes over.
    case automatic
    case exact
    case asymptotic
}
