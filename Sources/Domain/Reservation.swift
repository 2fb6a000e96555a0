/// A gate left undecided that a later layer or a person must settle.
public struct Reservation: Sendable {
    public let gate: String
    public let why: String
    /// `shadow`, `canary` … or `a person`.
    public let settledBy: String

    public init(gate: String, why: String, settledBy: String) {
        self.gate = gate
        self.why = why
        self.settledBy = settledBy
    }
}

/// Layers that the kinds of this change require, and which kind asked.
public struct RequiredLayers: Sendable {
    public let layer: Layer
    public let askedBy: [ChangeKind]

    public init(layer: Layer, askedBy: [ChangeKind]) {
        self.layer = layer
        self.askedBy = askedBy
    }
}
