import Domain

/// Stale examples, retired documents, and the calendar by which a set is refreshed.
struct FreshnessCheck: LintCheck {
    private let today: Day
    private let upkeep: Upkeep
    private let retired: Set<String>
    private var newest: Day?
    private var oldest: Day?
    private var newestReview: Day?
    private var dated = 0

    init(today: Day, upkeep: Upkeep, retired: Set<String>) {
        self.today = today
        self.upkeep = upkeep
        self.retired = retired
    }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        checkRetired(example, &log)
        let written = day(.date, example, &log)
        let reviewed = day(.reviewed, example, &log)
        if let written {
            dated += 1
            newest = max(newest ?? written, written)
            oldest = min(oldest ?? written, written)
        }
        if let reviewed { newestReview = max(newestReview ?? reviewed, reviewed) }
        guard let limit = upkeep.maximumAge, let last = [written, reviewed].compactMap({ $0 }).max() else {
            return
        }
        let age = today.number - last.number
        guard age > limit else { return }
        let mark = last == reviewed ? "reviewed" : "written"
        log.add(
            .warning, .stale, example, "last \(mark) on \(last), \(counted(age, "day")) ago",
            mend: "see whether it still holds, and set provenance.reviewed to the day, or retire it")
    }

    /// The day that a member names, or nil; one that cannot be is told.
    private func day(_ member: ProvenanceMember, _ example: Example, _ log: inout FindingLog) -> Day? {
        guard let text = example.provenance(member) else { return nil }
        guard let day = Day(text) else {
            log.add(
                .warning, .badDate, example, "\(member.rawValue) \(quoted(text)) is no day",
                mend: "write it as 2026-05-02")
            return nil
        }
        // A day ahead is another time zone's today.
        guard day.number <= today.number + 1 else {
            log.add(
                .warning, .badDate, example, "\(member.rawValue) \(quoted(text)) lies ahead of \(today)",
                mend: "set the right day")
            return nil
        }
        return day
    }

    private func checkRetired(_ example: Example, _ log: inout FindingLog) {
        guard !retired.isEmpty else { return }
        var gone: [String] = []
        for id in example.goldDocuments ?? [] where retired.contains(id) { gone.append(id) }
        for span in example.goldSpans ?? [] where retired.contains(span.source) && !gone.contains(span.source)
        {
            gone.append(span.source)
        }
        guard !gone.isEmpty else { return }
        let names = listed(gone.prefix(4).map { quoted($0) })
        log.add(
            .error, .retiredDocument, example,
            "its gold \(gone.count == 1 ? "document is" : "documents are") retired: \(names)",
            mend: "point it at the document that took its place, or retire the example")
    }

    func finish(_ set: LintedSet, _ log: inout FindingLog) {
        guard set.count > 0 else { return }
        if let days = upkeep.additions, let newest {
            let since = today.number - newest.number
            if since > days {
                log.add(
                    Finding(
                        .warning, .overdueAddition, at: set.place,
                        "the newest example is of \(newest), \(counted(since, "day")) ago; the calendar wants some "
                            + "every \(days)",
                        mend: "add what went wrong since: 'sluice dataset candidates' collects it"))
            }
        }
        guard let days = upkeep.review else { return }
        // What was written lately has been looked at.
        guard let last = [newestReview, oldest].compactMap({ $0 }).max() else {
            log.add(
                Finding(
                    .warning, .overdueReview, at: set.place,
                    "no example says when it was written or reviewed, so that no calendar can be kept",
                    mend: "add provenance.date, and provenance.reviewed when somebody looks"))
            return
        }
        let since = today.number - last.number
        guard since > days else { return }
        let what =
            newestReview == nil
            ? "no example was ever reviewed, and the oldest is of \(last)" : "the last review was on \(last)"
        log.add(
            Finding(
                .warning, .overdueReview, at: set.place,
                "\(what), \(counted(since, "day")) ago; the calendar wants one every \(days)",
                mend: "look through the set, and set provenance.reviewed on what still holds"))
    }
}
