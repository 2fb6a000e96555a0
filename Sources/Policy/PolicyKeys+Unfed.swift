import Domain

/// What becomes of gates while nobody has written the expectations that they need.
extension PolicyKeys {
    static let unfed = KeyDefinition(
        "unfed",
        .word([
            ValueForm.Word("ask", "the verdict stays open until the data set has some"),
            ValueForm.Word("wait", "it is listed as not judged, and holds up nothing"),
        ]),
        default: "ask", "What a gate leads to that no example of the data set can judge.", example: "wait")
}
