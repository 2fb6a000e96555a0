import Domain

/// The name that the data set must bear.
extension PolicyKeys {
    static let frozen = KeyDefinition(
        "frozen", .text(.plain("a frozen set's tag")),
        "The frozen set that the data set must be: one that was edited since is refused, with what changed.",
        example: "2026-q4")
}
