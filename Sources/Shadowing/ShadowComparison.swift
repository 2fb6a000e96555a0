import Domain
import Notation
import Statistics
import Text

/// Adds up pairs, one at a time, and says at the end how the candidate differs from production.
///
/// Holds numbers and codes of each pair (some hundred bytes), the worst pairs whole, and nothing else of a body. The
/// order in which pairs come changes no number.
public struct ShadowComparison {
    private let options: ShadowOptions
    private let prices: ReleasePolicy.Prices?
    private var join = JoinCounts()
    private var lost: [String: Int] = [:]
    private var ids: Set<String> = []
    private var keyCodes: [String: Int32] = [:]
    private var keyCount: Int32 = 0
    private var words: [Word: KeyedWords] = [:]
    private var rates = [KeyedValues](repeating: KeyedValues(), count: Rate.all.count)
    private var numbers = [KeyedValues](repeating: KeyedValues(), count: Number.all.count)
    private var overlaps = [Overlap: (all: KeyedValues, three: KeyedValues)]()
    private var fields = FieldTally()
    private var slices: [ShadowPair.Label: SliceValues] = [:]
    private var slicesBeyond = 0
    private var worst: WorstPairs
    private var differing = 0
    /// Production's second answer, by the place of a number: it carries the mirrored share, as the candidate does.
    private var controls = [KeyedValues](repeating: KeyedValues(), count: Number.all.count)

    private static let mostSlices = 400

    public init(_ options: ShadowOptions = ShadowOptions(), prices: ReleasePolicy.Prices? = nil) {
        self.options = options
        self.prices = prices
        worst = WorstPairs(most: options.shownPairs)
    }

    /// Records that were set aside unread.
    public mutating func addUnread(_ count: Int = 1) { join.unread += count }

    /// Numbers that gateways gave, and which nothing that was read bears.
    public mutating func addMissing(_ count: Int) { join.missingNumbers += count }

    /// Joined pairs so far.

    public var joined: Int { join.joined }

    /// What became of a pair.
    public enum Standing: Sendable, Hashable {
        /// Both arms are known: it was compared.
        case joined
        /// Both arms were asked, and of one nothing is known.
        case lost
        /// No pair: the candidate was not asked, or asked alone, or the request was sent before.
        case left
    }

    @discardableResult
    public mutating func add(_ pair: ShadowPair) -> Standing {
        join.seen += 1
        guard ids.insert(pair.id).inserted else {
            join.repeated += 1
            return .left
        }
        guard let production = pair.production else {
            if pair.candidate == nil { join.notAsked += 1 } else { join.candidateAlone += 1 }
            return .left
        }
        guard let candidate = pair.candidate else {
            join.notAsked += 1
            return .left
        }
        join.chosen += 1
        for (name, side) in [("production", production), ("candidate", candidate)] where !side.isKnown {
            let kind = side.failure?.kind.rawValue ?? "unknown"
            let detail = side.failure?.detail.map { ": " + Prose.line($0, most: 80) } ?? ""
            lost["\(name) \(kind)\(detail)", default: 0] += 1
            return .lost
        }
        join.joined += 1
        if pair.isLive { join.live += 1 }
        if production.isFailure { join.failedProduction += 1 }
        if candidate.isFailure { join.failedCandidate += 1 }
        let control = pair.control.flatMap { $0.isKnown ? $0 : nil }
        if control != nil { join.joinedThree += 1 }
        compare(pair, key(of: pair), production, candidate, control)
        return .joined
    }

    private mutating func key(of pair: ShadowPair) -> Int32 {
        guard let key = pair.key else {
            join.keyless += 1
            keyCount += 1
            return keyCount - 1
        }
        if let code = keyCodes[key] { return code }
        keyCodes[key] = keyCount
        keyCount += 1
        return keyCount - 1
    }

    private mutating func compare(
        _ pair: ShadowPair, _ key: Int32, _ production: ShadowPair.Side, _ candidate: ShadowPair.Side,
        _ control: ShadowPair.Side?
    ) {
        let before = SideLook(production, prices)
        let after = SideLook(candidate, prices)
        let third = control.map { SideLook($0, prices) }
        for word in Word.allCases {
            guard let old = word.of(before), let new = word.of(after) else { continue }
            words[word, default: KeyedWords()].add(
                key: key, old, new, control: third.flatMap { word.of($0) })
        }
        for (place, rate) in Rate.all.enumerated() {
            if let old = rate.of(before), let new = rate.of(after) { rates[place].add(key: key, old, new) }
        }
        for (place, number) in Number.all.enumerated() {
            if let old = number.of(before), let new = number.of(after), old.isFinite, new.isFinite {
                numbers[place].add(key: key, old, new)
                if number.isTime, let again = third.flatMap({ number.of($0) }), again.isFinite {
                    controls[place].add(key: key, again, new)
                }
            }
        }
        if Overlap.isNameless(before, after) { join.namelessDocuments += 1 }
        for overlap in Overlap.allCases {
            guard let value = overlap.of(before, after) else { continue }
            overlaps[overlap, default: (KeyedValues(), KeyedValues())].all.add(key: key, 0, value)
            guard let third, let noise = overlap.of(before, third) else { continue }
            overlaps[overlap]?.three.add(key: key, noise, value)
        }
        let difference = compareBodies(pair, key, production, candidate, control)
        addSlices(pair, key, before, after)
        show(pair, before, after, difference)
    }

    /// Bodies are compared where both arms answered with one status: else the status is what differs.
    private mutating func compareBodies(
        _ pair: ShadowPair, _ key: Int32, _ production: ShadowPair.Side, _ candidate: ShadowPair.Side,
        _ control: ShadowPair.Side?
    ) -> JSONDifference? {
        guard let before = production.body, let after = candidate.body, production.status == candidate.status
        else { return nil }
        let difference = JSONDifference(before, after)
        var noise: JSONDifference?
        if let control, let again = control.body, control.status == production.status {
            noise = JSONDifference(before, again)
        }
        fields.add(key: key, request: pair.id, difference, control: noise)
        return difference
    }

    private mutating func addSlices(_ pair: ShadowPair, _ key: Int32, _ before: SideLook, _ after: SideLook) {
        var labels = pair.slices
        if !pair.route.isEmpty { labels.append(ShadowPair.Label("route", pair.route)) }
        if let intent = Word.intent.of(before) { labels.append(ShadowPair.Label("intent", intent)) }
        if let failure = after.side.failure {
            labels.append(ShadowPair.Label("failure type", failure.kind.rawValue))
        }
        for label in labels {
            guard slices[label] != nil || slices.count < Self.mostSlices else {
                slicesBeyond += 1
                continue
            }
            add(&slices[label, default: SliceValues()], key, before, after)
        }
    }

    private func add(_ slice: inout SliceValues, _ key: Int32, _ before: SideLook, _ after: SideLook) {
        slice.pairs += 1
        slice.keys.insert(key)
        slice.errors.add(key: key, before.side.isError, after.side.isError)
        if let old = before.blocks, let new = after.blocks { slice.blocks.add(key: key, old, new) }
        if let old = before.answer?.latencyMilliseconds, let new = after.answer?.latencyMilliseconds {
            slice.latency.add(key: key, old, new)
        }
    }

    private mutating func show(
        _ pair: ShadowPair, _ before: SideLook, _ after: SideLook, _ difference: JSONDifference?
    ) {
        let judged = PairSeverity(before, after, difference)
        guard judged.severity > 0 else { return }
        differing += 1
        guard worst.wants(judged.severity, id: pair.id) else { return }
        worst.add(judged.shown(pair, before, after, difference))
    }

    // MARK: The end

    /// - Complexity: O(numbers · resamples · pairs): some seconds for 10⁵ pairs.
    public func result() -> ShadowResult {
        var join = self.join
        join.keys = Int(keyCount)
        join.lost = lost.map { JoinCounts.Reason(words: $0.key, count: $0.value) }.sorted {
            if $0.count != $1.count { return $0.count > $1.count }
            return $0.words.utf8.lexicographicallyPrecedes($1.words.utf8)
        }
        let (confidence, seed) = (options.confidence, options.seed)
        var result = ShadowResult(
            options: options, join: join,
            categories: Word.allCases.compactMap { word in
                words[word]?.change(word.rawValue, word.summary, confidence: confidence, seed: seed)
            },
            rates: Rate.all.enumerated().compactMap { place, rate in
                RateChange(rate.name, rate.summary, rates[place], confidence: confidence, seed: seed)
            },
            numbers: Number.all.enumerated().compactMap { place, number in
                NumberChange(
                    number.name, unit: number.unit, number.summary, numbers[place], confidence: confidence,
                    seed: seed, control: controls[place],
                    isIncomparable: number.isTime && join.isUnequal)
            },
            overlaps: Overlap.allCases.compactMap { overlap in
                guard let values = overlaps[overlap] else { return nil }
                return OverlapChange(
                    overlap.rawValue, overlap.summary, all: values.all, three: values.three,
                    confidence: confidence, seed: seed)
            },
            fields: fields.findings(floor: options.leastKeys, confidence: confidence),
            fieldPairs: fields.pairs, fieldKeys: fields.keys, fieldsBeyond: fields.beyond,
            slices: slices.keys.sorted {
                if $0.name != $1.name { return $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                return $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
            }.compactMap { label in slices[label]?.change(label, options, isUnequal: join.isUnequal) },
            slicesBeyond: slicesBeyond, pairs: worst.pairs, differing: differing, findings: [])
        result.claim(fieldQuestions: fields.questions)
        return result
    }
}
