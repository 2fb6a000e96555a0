import Simulation
import Statistics
import Text

/// The page: every section with its results.
struct CharacteristicPage {
    private(set) var markdown = ""
    /// Rows that exceed their α although their assumptions hold.
    private(set) var exceeding: [String] = []
    private var promised = 0
    private var replications = 0

    /// - Parameter share: Of the published replications, at least 50 a cell.
    static func run(
        share: Double, workers: Int, progress: (String) -> Void
    ) async throws -> CharacteristicPage {
        var page = CharacteristicPage()
        var body = ""
        for section in try CharacteristicCatalogue.sections() {
            progress(section.title)
            body += "\n## \(section.title)\n\n\(folded(section.lead))\n\n"
            body += await page.table(section, share: share, workers: workers)
        }
        page.markdown = page.head() + body
        return page
    }

    private func head() -> String {
        let count = Numbers.grouped(promised)
        let verdict =
            exceeding.isEmpty
            ? "None of \(count) cells whose assumptions hold exceeds its α beyond simulation error (exact binomial test, "
                + "p < .001)."
            : "\(exceeding.count) rows exceed their α although their assumptions hold: "
                + exceeding.joined(separator: "; ") + "."
        return """
            # Operating characteristics

            \(Self.folded("""
                What the sequences, rules and gates do in the long run, on seeded draws: how often they raise a false \
                alarm, and how long they take. Made by `make characteristics`; the same code gives the same page.
                """))

            \(Self.folded("""
                \(verdict) Where an assumption is broken the table says by how much. \
                \(Numbers.grouped(replications)) replications in all. Shares stand with their 95 % Wilson interval; `n` \
                is the number of replications a cell. Delays are the median and the 90 % quantile over all \
                replications, those without an alarm counted as later than any; – where that is beyond the series.
                """))

            \(Self.folded("""
                The draws are exact in distribution (thinned Poisson processes and binomial counts), so that a number \
                here is about the method and not about the simulator; what no simulator knows is how your traffic \
                fails. `sluice simulate` answers for your own stages, volumes and rates.
                """))

            """
    }

    /// Lines of at most 118 columns.
    private static func folded(_ text: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > 118 {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return (lines + [line]).joined(separator: "\n")
    }

    private mutating func table(
        _ section: CharacteristicSection, share: Double, workers: Int
    ) async -> String {
        let hasPromise = section.rows.contains { $0.assumptions != .none }
        let hasNotes = section.rows.contains { !$0.note.isEmpty }
        var head = [section.head] + section.columns
        if hasPromise { head.append("assumptions") }
        if hasNotes { head.append("note") }
        var text = line(head) + line(head.map { _ in "---" })
        for row in section.rows {
            var results: [CharacteristicResult] = []
            var cells = [row.name]
            for cell in row.cells {
                guard let cell else {
                    cells.append("")
                    continue
                }
                let count = max(50, Int((Double(cell.replications) * share).rounded()))
                let result = await CharacteristicResult.of(cell, replications: count, workers: workers)
                replications += count
                results.append(result)
                cells.append(words(result, section.measure))
            }
            if hasPromise { cells.append(promise(row, results, section)) }
            if hasNotes { cells.append(row.note) }
            text += line(cells)
        }
        return text
    }

    private mutating func promise(
        _ row: CharacteristicRow, _ results: [CharacteristicResult], _ section: CharacteristicSection
    ) -> String {
        switch row.assumptions {
        case .none: return ""
        case .hold:
            promised += results.count
            let isExceeded = results.contains(where: \.exceeds)
            if isExceeded { exceeding.append("\(section.title), \(row.name)") }
            return isExceeded ? "hold; **α exceeded**" : "hold; α kept"
        case .broken(let why):
            let worst = results.map { $0.share.value / $0.alpha }.max() ?? 0
            let isExceeded = results.contains(where: \.exceeds)
            let words = worst < 9.95 ? Numbers.fixed(worst, 1) : Numbers.fixed(worst, 0)
            return "broken: \(why); " + (isExceeded ? "up to \(words) × α" : "α kept all the same")
        }
    }

    private func words(_ result: CharacteristicResult, _ measure: CharacteristicSection.Measure) -> String {
        let share = percent(result.share.value)
        switch measure {
        case .share:
            guard let interval = result.share.interval() else { return "–" }
            let ends = "\(bare(interval.lower)), \(bare(interval.upper))"
            return "\(share) [\(ends)], n \(Numbers.grouped(result.share.replications))"
        case .delay:
            let all = result.share.value > 0.9995 ? "" : " (\(share))"
            return "\(whole(result.median)) / \(whole(result.ninety))\(all)"
        }
    }

    private func whole(_ quantile: SimulatedQuantile) -> String {
        quantile.value.map { Numbers.grouped(Int($0.rounded())) } ?? "–"
    }

    private func percent(_ share: Double) -> String { bare(share) + " %" }

    private func bare(_ share: Double) -> String { Numbers.fixed(share * 100, share < 0.0995 ? 2 : 1) }

    private func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.isEmpty ? " " : $0 }.joined(separator: " | ") + " |\n"
    }
}
