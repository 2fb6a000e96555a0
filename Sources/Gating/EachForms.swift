import Domain
import Metrics
import Statistics

/// `[each]`: every class of a confusion for itself. Classes only block, from the least support on.
extension GateEvaluator {
    private typealias PerClass = @Sendable (ConfusionMatrix, Int) -> Double?

    private func perClass(_ subject: Subject) -> PerClass? {
        guard case .confusion(_, let perClass) = subject.definition.aggregate else { return nil }
        return perClass
    }

    // MARK: Against the baseline

    func eachRelative(_ subject: Subject, _ pair: PairedSample, _ margin: Margin?) -> GateDraft {
        guard let perClass = perClass(subject), case .labels(let before) = pair.actual.baseline,
            case .labels(let after) = pair.actual.candidate
        else {
            return open(subject.rule, subject.definition, n: 0, "\(subject.rule.metric.name) has no classes")
        }
        var result = started(subject, n: pair.complete.count, method: "each class, Holm over all claims")
        let labels = LabelTable.labels(of: [before, after])
        let classes = ClassPairs(before, after, labels: labels, perClass: perClass)
        let judged = labels.indices.filter { classes.support($0) >= options.leastSupport }
        let drawn = options.isThisSet ? [:] : classes.resampled(judged, options)
        let isLower = subject.definition.direction == .lower
        let side: Alternative = isLower ? .greater : .less
        let filled = options.isThisSet ? [:] : filledClasses(pair, labels, judged, perClass, side)
        var draft = GateDraft(result: result)
        for index in labels.indices {
            guard let (was, now) = classes.values(index) else { continue }
            let drop = isLower ? now - was : was - now
            let allowed = margin.map { size($0, subject.rule, baseline: was) } ?? 0
            var member = GateDraft.MemberDraft(
                name: labels[index], baseline: was, candidate: now, difference: nil,
                n: classes.support(index),
                claim: nil)
            if let allowed {
                if options.isThisSet {
                    member.outcome = drop <= allowed + tolerance ? .passes : .fails
                } else if let found = drawn[index] {
                    let tested = try? found.worseP(
                        side, support: classes.support(index), carriers: classes.carriers(index),
                        isRehearsed: options.isRehearsal)
                    let cautious = filled[index]
                    member = GateDraft.MemberDraft(
                        name: labels[index], baseline: was, candidate: now,
                        difference: try? found.interval(
                            confidence: options.coverage, range: subject.definition.span.map { -$0...$0 }),
                        n: classes.support(index),
                        claim: tested.map { test in
                            GateDraft.Claim(
                                p: test.pValue, cautiousP: cautious,
                                isBeyondMargin: margin == nil || drop >= allowed - tolerance)
                        }, test: tested?.method ?? "")
                }
            }
            draft.members.append(member)
        }
        let isJudged = options.isThisSet || draft.members.contains { $0.claim != nil }
        result.outcome = isJudged ? .passes : .unsure
        if margin == .automatic, options.automaticMargins[subject.rule.metric.text] == nil {
            result.outcome = .unsure
            result.note =
                "auto: no margin was fixed when the baseline was blessed; bless it, or write a number"
        } else if !isJudged {
            result.note = "none of \(draft.members.count) classes has \(options.leastSupport) examples"
        }
        if options.isThisSet { result.method = "this set is all there is" }
        let smallest = judged.min { (classes.support($0), $0) < (classes.support($1), $1) }
        let error = smallest.flatMap { drawn[$0]?.standardError } ?? 0
        let changed = smallest.map { classes.carriers($0).changed } ?? 0
        let support = smallest.map { classes.support($0) } ?? 0
        // Two questions are asked of a claim; the drop must be large enough for both.
        let power = [
            PowerBasis.standardError(error),
            .rates(
                n: support, discordantShare: min(1, Double(changed) / Double(max(1, support))),
                range: subject.definition.span ?? 1),
        ]
        let unmeasured = pair.imputed.count
        draft.result = result
        draft.afterwards = { outcome, family in
            guard outcome == .passes, !judged.isEmpty else { return nil }
            var note = "\(judged.count) of \(labels.count) classes judged"
            let caught = power.compactMap { $0.detectable(level: family.level) }.max()
            if changed == 0 { note += "; the smallest did not change" }
            if let caught {
                note +=
                    "; would have caught a \(isLower ? "rise" : "drop") of \(shortNumber(caught)) in the smallest "
                    + "(80 % power at \(family.levelWords))"
            } else {
                note += "; the smallest has too few examples to prove any"
            }
            if unmeasured > 0 { note += "; \(counted(unmeasured, "example", "examples")) unmeasured" }
            return note
        }
        return draft
    }

    /// The classes' p with the unmeasured imputed against the candidate.
    private func filledClasses(
        _ pair: PairedSample, _ labels: [String], _ judged: [Int], _ perClass: @escaping PerClass,
        _ side: Alternative
    ) -> [Int: Double] {
        guard let arms = pair.cautious, case .labels(let before) = arms.baseline,
            case .labels(let after) = arms.candidate
        else { return [:] }
        let all = LabelTable.labels(of: [before, after])
        let classes = ClassPairs(before, after, labels: all, perClass: perClass)
        var places: [Int: Int] = [:]
        for index in judged { places[index] = all.firstIndex(of: labels[index]) }
        let drawn = classes.resampled(places.values.sorted(), options)
        return places.compactMapValues { place in
            try? drawn[place]?.worseP(
                side, support: classes.support(place), carriers: classes.carriers(place),
                isRehearsed: options.isRehearsal
            ).pValue
        }
    }

    // MARK: Against a bound

    /// Each class from the least support on must satisfy the bound; `confidently`, its one-sided bound must, and a
    /// class fails where its other bound, shared among the classes, is beyond.
    func eachCompare(
        _ subject: Subject, _ comparison: Comparison, _ quantity: Quantity, _ confidently: Bool
    ) -> GateDraft {
        let arm = CandidateArm(subject, comparison, quantity.value)
        if let why = tooMuchMissing(arm.missing, of: arm.missing + arm.measured.count) {
            return open(subject.rule, subject.definition, n: arm.measured.count, why)
        }
        guard let perClass = perClass(subject), case .labels(let rows) = arm.measured else {
            return open(subject.rule, subject.definition, n: 0, "\(subject.rule.metric.name) has no classes")
        }
        guard rows.count > 0 else { return nothingMeasured(subject) }
        let labels = LabelTable.labels(of: [rows])
        let classes = ClassPairs(rows, rows, labels: labels, perClass: perClass)
        let least = options.isThisSet ? 1 : options.leastSupport
        let judged = labels.indices.filter { classes.support($0) >= least }
        let isProof = confidently && !options.isThisSet
        let drawn = isProof ? classes.resampledCandidate(judged, proof) : [:]
        var result = started(subject, n: rows.count, method: isProof ? "each class, bootstrap" : "each class")
        result.bound = quantity.value
        for index in labels.indices {
            guard let value = classes.values(index)?.candidate else { continue }
            var outcome = GateResult.Outcome.notJudged
            if judged.contains(index) {
                outcome = comparison.isMet(value, quantity.value) ? .passes : .fails
                if isProof {
                    outcome = proven(
                        drawn[index], comparison, quantity.value, among: judged.count, subject.definition)
                }
            }
            result.members.append(
                GateResult.Member(
                    name: labels[index], outcome: outcome, baseline: nil, candidate: value, difference: nil,
                    n: classes.support(index)))
        }
        let isLow = comparison == .atMost || comparison == .below
        result.members.sort { first, second in
            let (one, two) = (first.candidate ?? 0, second.candidate ?? 0)
            return one == two ? first.name < second.name : isLow ? one > two : one < two
        }
        conclude(&result, judged: judged.count, of: labels.count)
        if result.outcome == .passes, arm.missing > 0 {
            result.note += "; \(counted(arm.missing, "example", "examples")) unmeasured"
        }
        return GateDraft(result: result)
    }

    private func proven(
        _ drawn: BootstrapDistribution?, _ comparison: Comparison, _ bound: Double, among: Int,
        _ definition: MetricDefinition
    ) -> GateResult.Outcome {
        guard let drawn else { return .unsure }
        var range: ClosedRange<Double>?
        if let low = definition.lowest, let high = definition.highest { range = low...high }
        let near = try? drawn.interval(confidence: proof.coverage, range: range)
        // Classes share the error of the claims that one of them is beyond.
        let far = try? drawn.interval(confidence: 1 - 2 * options.alpha / Double(among), range: range)
        var result = GateResult(
            rule: GateRule(text: "", metric: MetricReference(name: ""), form: .notWorse), outcome: .unsure,
            unit: "",
            direction: "", n: 0, note: "", method: "")
        decide(
            &result, comparison, bound, lower: far?.lower, upper: far?.upper,
            proof: (near?.lower, near?.upper))
        return result.outcome
    }

    private func conclude(_ result: inout GateResult, judged: Int, of all: Int) {
        let failing = result.members.filter { $0.outcome == .fails }
        let open = result.members.filter { $0.outcome == .unsure }
        let less = all - judged
        if !failing.isEmpty {
            result.outcome = .fails
            result.note = "fails in " + failing.prefix(5).map(\.name).joined(separator: ", ")
        } else if judged == 0 {
            result.note = "no class has \(options.leastSupport) examples"
        } else if !open.isEmpty {
            result.note = "not proven in " + open.prefix(5).map(\.name).joined(separator: ", ")
        } else {
            result.outcome = .passes
            result.note = "\(counted(judged, "class holds", "classes hold"))"
            if less > 0 { result.note += ", \(less) below \(options.leastSupport) examples" }
        }
    }
}

/// Both arms' classes over the same examples.
struct ClassPairs {
    let labels: [String]
    let before: ClassTable
    let after: ClassTable
    let perClass: @Sendable (ConfusionMatrix, Int) -> Double?
    let old: ClassTable.Tally
    let new: ClassTable.Tally
    let alike: Alike

    init(
        _ before: LabelRows, _ after: LabelRows, labels: [String],
        perClass: @escaping @Sendable (ConfusionMatrix, Int) -> Double?
    ) {
        self.labels = labels
        self.perClass = perClass
        alike = Alike(before, after)
        self.before = ClassTable(alike.before, labels: labels)
        self.after = ClassTable(alike.after, labels: labels)
        old = ClassTable(before, labels: labels).tally()
        new = ClassTable(after, labels: labels).tally()
    }

    /// Examples that expect the class.
    func support(_ label: Int) -> Int { Int(old.expected[label].rounded()) }

    /// A class of which one arm has no value (its precision, never predicted) counts as 0 there, as in the mean
    /// over classes; nil where neither has one.
    func values(_ label: Int) -> (baseline: Double, candidate: Double)? {
        var matrix = ClassTable.empty
        old.fill(&matrix, label)
        let was = perClass(matrix, 0)
        new.fill(&matrix, label)
        let now = perClass(matrix, 0)
        if was == nil, now == nil { return nil }
        return (was ?? 0, now ?? 0)
    }

    /// Differences of the listed classes over one set of draws.
    func resampled(_ listed: [Int], _ options: GateOptions) -> [Int: BootstrapDistribution] {
        draw(listed, options, name: "paired BCa bootstrap") { old, new, matrix, label in
            old.fill(&matrix, label)
            let was = perClass(matrix, 0) ?? 0
            new.fill(&matrix, label)
            return (perClass(matrix, 0) ?? 0) - was
        }
    }

    /// The candidate's own values of the listed classes.
    func resampledCandidate(_ listed: [Int], _ options: GateOptions) -> [Int: BootstrapDistribution] {
        draw(listed, options, name: "BCa bootstrap") { _, new, matrix, label in
            new.fill(&matrix, label)
            return perClass(matrix, 0) ?? 0
        }
    }

    private func draw(
        _ listed: [Int], _ options: GateOptions, name: String,
        _ value: (ClassTable.Tally, ClassTable.Tally, inout ConfusionMatrix, Int) -> Double
    ) -> [Int: BootstrapDistribution] {
        guard !listed.isEmpty, alike.count >= 2 else { return [:] }
        var matrix = ClassTable.empty
        let drawn = try? bootstraps(
            count: alike.count, outputs: listed.count, resamples: options.resamples,
            jackknifeGroups: options.jackknifeGroups, seed: options.seed, name: name
        ) {
            (weights, values: inout MutableSpan<Double>) in
            let (old, new) = alike.counted(weights) { (before.tally($0), after.tally($0)) }
            for (place, label) in listed.enumerated() { values[place] = value(old, new, &matrix, label) }
        }
        var found: [Int: BootstrapDistribution] = [:]
        for (place, label) in listed.enumerated() {
            if case .success(let distribution)? = drawn?[place] { found[label] = distribution }
        }
        return found
    }
}
