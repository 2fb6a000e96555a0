import Domain
import Statistics
import Text

/// The words and marks that every face of a report shares.
enum ReportWords {
    static func mark(_ outcome: GateResult.Outcome) -> String {
        switch outcome {
        case .passes: "✓"
        case .fails: "✗"
        case .unsure: "?"
        case .notJudged: "·"
        }
    }

    /// A gate that does not hold and is let pass bears a mark of its own.
    static func mark(_ gate: GateResult) -> String { gate.waiver == nil ? mark(gate.outcome) : "~" }

    static func mark(_ verdict: Verdict) -> String {
        switch verdict {
        case .ship: "✓"
        case .block: "✗"
        case .cannotTell: "?"
        case .couldNotMeasure: "!"
        }
    }

    /// What a verdict means for the one who waits for it.
    static func meaning(_ verdict: Verdict) -> String {
        switch verdict {
        case .ship: "This change may go on: every gate holds."
        case .block: "This change may not reach users: a gate is broken."
        case .cannotTell: "The evidence does not decide: this is not a pass."
        case .couldNotMeasure: "No verdict could be formed: something that measures was out of reach."
        }
    }

    static func meaning(_ result: RunResult) -> String {
        guard result.trust?.isRefused == true else { return meaning(result.verdict) }
        return "This change may not reach users: somebody else has to agree to what it loosens."
    }

    /// Gates as people read them: what fails, what is open, what could not be judged, what holds.
    static func byUrgency(_ gates: [GateResult]) -> [GateResult] {
        let order: [GateResult.Outcome] = [.fails, .unsure, .notJudged, .passes]
        var out: [GateResult] = []
        for outcome in order { out += gates.filter { $0.outcome == outcome } }
        return out
    }

    /// `90 % interval`: two one-sided bounds at 95 %.
    static func coverage(_ confidence: Double) -> String {
        let whole = (confidence * 100).rounded()
        return Figure.fixed(confidence * 100, decimals: abs(whole - confidence * 100) < 1e-6 ? 0 : 1) + " %"
    }

    static func oneSided(_ confidence: Double) -> String { coverage((1 + confidence) / 2) }

    /// The coverage of the intervals of a run; 90 % where there are none.
    static func confidence(of result: RunResult) -> Double {
        for gate in result.gates {
            if let interval = Decision(gate).estimate?.interval { return interval.confidence }
        }
        for metric in result.metrics {
            if let interval = (metric.difference ?? metric.candidate)?.interval { return interval.confidence }
        }
        return 0.9
    }

    /// `38.2 s`, `4 min 10 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String { Numbers.duration(milliseconds: seconds * 1000) }

    /// What the cache did: its share of the answers, what that saved, what of it nobody knows.
    static func cache(_ result: RunResult) -> String? {
        guard let use = result.measurement.cache else { return nil }
        let age = "entries last " + duration(use.maximumAgeSeconds)
        guard let rate = use.hitRate else { return "nothing was asked; " + age }
        var words =
            "\(Figure.count(use.hits)) of \(Figure.count(use.hits + use.asked)) answers (\(Numbers.percent(rate)))"
        guard use.hits > 0 else { return words + "; " + age }
        words += ", saved " + count(use.calls, "call", "calls")
        let tokens = use.inputTokens.addingReportingOverflow(use.outputTokens)
        if use.callsWithoutTokens < use.calls {
            words += ", \(Figure.count(tokens.overflow ? .max : tokens.partialValue)) tokens"
            words += " (\(Figure.count(use.inputTokens)) in, \(Figure.count(use.outputTokens)) out"
            if use.callsWithoutTokens > 0 {
                words += "; \(Figure.count(use.callsWithoutTokens)) calls did not say"
            }
            words += ")"
        } else {
            words += ", tokens unknown"
        }
        if let money = use.money {
            let currency = result.manifest.currency ?? "of unknown currency"
            words += ", " + Numbers.money(money, VisibleText.line(currency))
            if use.callsWithoutPrice > 0 {
                words += " (\(Figure.count(use.callsWithoutPrice)) calls of unknown price)"
            }
        } else {
            words += ", money unknown"
        }
        return words + "; " + age
    }

    static func cost(_ manifest: Manifest) -> String? {
        manifest.cost.map { Numbers.money($0, VisibleText.line(manifest.currency ?? "of unknown currency")) }
    }

    /// The beginning of a digest, as people compare them: `sha256 9f2c41d0…`.
    static func digest(_ digest: String) -> String {
        let parts = digest.split(separator: ":", maxSplits: 1)
        let hex = parts.last ?? ""
        let name = parts.count == 2 ? VisibleText.excerpt(String(parts[0]), to: 12) + " " : ""
        let (head, left) = VisibleText.cut(String(hex), to: 8)
        return hex.isEmpty ? "no digest" : name + VisibleText.line(head) + (left > 0 ? "…" : "")
    }

    static func count(_ count: Int, _ one: String, _ many: String) -> String {
        Prose.counted(count, one, many)
    }

    /// Prose of several parts: `a`, `a and b`, `a, b and c`.
    static func list(_ parts: [String]) -> String { Prose.listed(parts) }

    /// Members of an `[each]` gate in one sentence.
    static func members(_ gate: GateResult) -> String {
        let judged = gate.members.filter { $0.outcome != .notJudged }
        let holding = judged.filter { $0.outcome == .passes }.count
        return "\(holding) of \(judged.count) judged hold"
    }

    /// Examples behind a metric's difference; of the candidate alone where there is none.
    static func pairs(_ metric: MetricResult) -> Int { (metric.difference ?? metric.candidate)?.n ?? 0 }

    /// `p after Holm 0.004`: of a class or gate that makes a claim.
    static func adjusted(_ p: Double?) -> String? { p.map { "p after Holm " + probability($0) } }

    static func probability(_ p: Double) -> String {
        guard p.isFinite else { return "none" }
        return p < 0.0001 ? "< 0.0001" : Figure.fixed(p, decimals: p < 0.01 ? 4 : 3)
    }

    /// What an interval is, behind its ends: `90 %, Tango score, n 41`.
    static func facts(_ interval: Interval, n: Int) -> String {
        "\(coverage(interval.confidence)), \(VisibleText.excerpt(interval.method, to: 80)), n \(Figure.count(n))"
    }

    /// How movements are counted, with what could not be compared.
    static func movement(_ movement: Movement) -> String {
        var words = "\(Figure.count(movement.newlyPassingCount)) newly passing, "
        words += "\(Figure.count(movement.movedCount)) moved within pass or fail, "
        words += "\(Figure.count(movement.unchangedCount)) unchanged"
        if movement.notComparedCount > 0 {
            words += ", \(Figure.count(movement.notComparedCount)) not compared"
        }
        return words
    }

    /// Why a gate came out as it did: its own note, or else what its form says.
    static func why(_ gate: GateResult, currency: String? = nil) -> String {
        guard let waiver = gate.waiver else { return reason(gate, currency: currency) }
        return VisibleText.line(TrustWords.waiver(waiver)) + "; " + reason(gate, currency: currency)
    }

    private static func reason(_ gate: GateResult, currency: String?) -> String {
        if !gate.note.isEmpty { return VisibleText.line(gate.note) }
        let decision = Decision(gate, currency: currency)
        switch (gate.outcome, gate.rule.form) {
        case (.notJudged, _): return "not judged"
        case (.unsure, _): return "undecided"
        case (.fails, .compare(let comparison, let quantity, _)):
            return
                "\(decision.value ?? "it") is not \(comparison.rawValue) \(VisibleText.line(quantity.text))"
        case (.fails, .notWorse): return "significantly worse"
        case (.fails, .noWorse): return "worse by more than the margin"
        case (.fails, .within): return "significantly outside"
        case (.passes, .notWorse): return "not significantly worse"
        case (.passes, .noWorse): return "the whole interval is within the margin"
        case (.passes, .within): return "the whole interval is within the limits"
        case (.fails, _): return "does not hold"
        case (.passes, _): return "holds"
        }
    }

    /// The end of a path, which is what a reader looks for: `golden/questions.jsonl:42`.
    static func place(_ place: SourcePlace) -> String {
        let parts = VisibleText.line(place.file).split(separator: "/")
        return VisibleText.excerpt(parts.suffix(2).joined(separator: "/"), to: 120) + ":\(place.line)"
    }

    /// Which slice of a gate's rule, for words: `locale = de`.
    static func slice(_ condition: SliceCondition) -> String {
        condition.value.map { condition.name + " = " + $0 } ?? condition.name
    }
}

/// What decided a gate, whichever form the rule has: an estimate, whether it is a difference, and its limit.
struct Decision {
    enum Kind { case difference, value, ratio, none }

    let kind: Kind
    let estimate: Estimate?
    /// In the estimate's own terms: where it stops being allowed.
    let limits: [Double]
    /// The value that means "no change", where there is one.
    let neutral: Double?
    let figure: Figure

    init(_ gate: GateResult, currency: String? = nil) {
        let figure = Figure(
            unit: gate.unit, currency: currency,
            numbers: [gate.baseline?.value, gate.candidate?.value, gate.margin, gate.bound])
        if let ratio = gate.ratio {
            kind = .ratio
            estimate = ratio
            neutral = 1
            self.figure = Figure(suffix: "", decimals: 3)
            if case .within(let share) = gate.rule.form {
                limits = [1 - share, 1 + share]
            } else {
                limits = []
            }
            return
        }
        switch gate.rule.form {
        case .notWorse, .noWorse, .within:
            self.figure = figure.finer(
                unit: gate.unit, for: gate.difference?.value, gate.difference?.interval)
            kind = gate.difference == nil ? .none : .difference
            estimate = gate.difference
            neutral = 0
            limits = gate.margin.map { [gate.direction == "lower" ? abs($0) : -abs($0)] } ?? []
        case .text:
            self.figure = figure
            kind = .none
            estimate = nil
            neutral = nil
            limits = []
        case .compare, .inBand, .tolerance, .spread, .repeated, .passPower, .order, .kpiBands:
            self.figure = figure
            kind = gate.candidate == nil ? .none : .value
            estimate = gate.deciding ?? gate.candidate
            neutral = nil
            limits = gate.bound.map { [$0] } ?? []
        }
    }

    var isSigned: Bool { kind == .difference }

    /// `−0.049`, `0.918`, `× 1.03`.
    var value: String? {
        guard let estimate else { return nil }
        switch kind {
        case .difference: return figure.signed(estimate.value)
        case .value: return figure.bare(estimate.value)
        case .ratio: return "× " + figure.bare(estimate.value)
        case .none: return nil
        }
    }

    var interval: String? { estimate?.interval.map { figure.interval($0, signed: isSigned) } }
}

extension ReportWords {
    /// A word as a shell takes it literally.
    static func shellWord(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
        if isPlain { return word }
        return "'"
            + VisibleText.line(word).split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''") + "'"
    }
}
