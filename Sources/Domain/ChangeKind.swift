/// What a release may change.
public enum ChangeKind: String, Sendable, Hashable, CaseIterable, Comparable {
    case prompt, model, retriever, classifier, guardrail, chunking, index, infra, dataset, policy, judge

    public static func < (left: ChangeKind, right: ChangeKind) -> Bool { left.rawValue < right.rawValue }
}

public enum Layer: String, Sendable, Hashable, CaseIterable { case golden, shadow, canary, monitor }

/// What an undecided gate leads to.
public enum UnsurePolicy: String, Sendable, Hashable, CaseIterable {
    /// On to the next required layer, as a named reservation.
    case `continue`
    /// A person decides.
    case ask
    case fail
    /// `continue` where a later layer is required, else `ask`.
    case `default`
}
