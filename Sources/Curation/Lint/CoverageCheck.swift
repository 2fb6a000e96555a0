import Domain

/// Whether the set holds more than questions that go well.
struct CoverageCheck: LintCheck {
    private var counts: [CaseKind: Int] = [:]
    private var foreign = 0
    private var rows = 0
    private var scored = 0
    private var regions: [ScoreRegion: Int] = [:]
    /// False where the app takes no conversation: then none can be missing.
    let isConversational: Bool

    init(isConversational: Bool) { self.isConversational = isConversational }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        rows += 1
        let kinds = CaseKinds(example)
        for kind in kinds.found { counts[kind, default: 0] += 1 }
        if kinds.isForeign { foreign += 1 }
        guard example.expectedScore != nil else { return }
        scored += 1
        for region in ScoreRegion.regions(of: example) { regions[region, default: 0] += 1 }
    }

    func finish(_ set: LintedSet, _ log: inout FindingLog) {
        guard rows > 0 else { return }
        var present = counts
        // A script is another one only beside the set's own.
        if foreign > 0, foreign * 2 <= rows { present[.edge, default: 0] += foreign }
        let wanted = CaseKind.allCases.filter { $0 != .multiTurn || isConversational }
        let missing = wanted.filter { present[$0] == nil }
        if missing.count == wanted.count {
            log.add(
                Finding(
                    .warning, .missingCategory, at: set.place,
                    "all examples are of the happy path: no \(listed(missing.map(\.rawValue)))",
                    mend: "add cases of each, from incidents and reported misses first; "
                        + "docs/dataset.md says what each is known by"))
        } else {
            for kind in missing {
                log.add(
                    Finding(
                        .warning, .missingCategory, at: set.place,
                        "no example is of the kind: \(kind.rawValue)",
                        mend: "add some; one is known by " + kind.signs))
            }
        }
        guard scored > 0 else { return }
        let bare = ScoreRegion.allCases.filter { regions[$0] == nil }
        guard !bare.isEmpty else { return }
        log.add(
            Finding(
                .warning, .missingBand, at: set.place,
                "of \(counted(scored, "example")) with an expected score none is in "
                    + listed(bare.map(\.rawValue)),
                mend: "add examples there: changes show first where a label is about to change"))
    }
}
