/// Who answers live traffic: what is released, what may follow it, and what is released asked a second time, which
/// shows how much two answers of one version differ.
public enum LiveArm: String, Sendable, Hashable, CaseIterable { case production, candidate, control }
