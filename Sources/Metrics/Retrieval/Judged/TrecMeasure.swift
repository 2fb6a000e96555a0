/// A measure of trec_eval by its own name, with the parameters that it prints: `P_5`, `iprec_at_recall_0.10`.
public struct TrecMeasure: Sendable {
    /// How topics become one number.
    public enum Summary: Sendable {
        case mean
        /// The sum, printed as a whole number.
        case count
        case geometric
        /// A text of one topic, with no summary.
        case text
    }

    public let name: String
    public let summary: Summary
    /// The value of a topic; for `text` it is not called.
    public let value: @Sendable (JudgedRanking) -> Double
    /// The text of a topic, for `text`.
    public let text: (@Sendable (JudgedRanking) -> String)?

    init(
        _ name: String, _ summary: Summary = .mean, text: (@Sendable (JudgedRanking) -> String)? = nil,
        _ value: @escaping @Sendable (JudgedRanking) -> Double
    ) {
        self.name = name
        self.summary = summary
        self.text = text
        self.value = value
    }

    /// Whether a topic by itself has the measure: means alone, and counts other than that of topics.
    public var isOfTopics: Bool { summary != .geometric && name != "num_q" }

    /// Why a measure cannot be had as asked.
    public struct Unknown: Error, Sendable, Hashable {
        public let message: String
    }

    /// What trec_eval prints unless told otherwise.
    public static let official = [
        "num_q", "num_ret", "num_rel", "num_rel_ret", "map", "gm_map", "Rprec", "bpref", "recip_rank",
        "iprec_at_recall", "P",
    ]

    /// Everything that trec_eval has for judged rankings, in its order.
    public static let all =
        official + [
            "relstring", "recall", "infAP", "gm_bpref", "Rprec_mult", "utility", "11pt_avg", "binG", "G",
            "ndcg", "ndcg_rel", "Rndcg", "ndcg_cut", "map_cut", "relative_P", "success", "set_P",
            "set_relative_P", "set_recall", "set_map", "set_F", "num_nonrel_judged_ret", "rbp", "rbp_resid",
            "unj",
        ]

    private static let sets = [
        "num_q", "num_ret", "num_rel", "num_rel_ret", "utility", "set_P", "set_recall", "set_relative_P",
        "set_map", "set_F",
    ]

    private static let depths = [5, 10, 15, 20, 30, 100, 200, 500, 1000]

    /// The measures that a word of trec_eval's stands for: a name, `name.parameters`, `official`, `set` or `all_trec`.
    public static func named(_ word: String) throws(Unknown) -> [TrecMeasure] {
        let several: [String: [String]] = ["official": official, "set": sets, "all_trec": all]
        if let words = several[word] {
            var measures: [TrecMeasure] = []
            for word in words { measures += try named(word) }
            return measures
        }
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let given = parts.count == 2 ? String(parts[1]) : nil
        if let made = single(name) {
            if given != nil { throw Unknown(message: "'\(name)' takes no parameter") }
            return [made]
        }
        switch name {
        case "P": return try cutoffs(name, given) { $0.precision($1) }
        case "recall": return try cutoffs(name, given) { $0.recall($1) }
        case "relative_P": return try cutoffs(name, given) { $0.relativePrecision($1) }
        case "ndcg_cut": return try cutoffs(name, given) { $0.normalizedGain($1) }
        case "map_cut": return try cutoffs(name, given) { $0.averagePrecision($1) }
        case "success": return try cutoffs(name, given, [1, 5, 10]) { $0.success($1) }
        case "unj": return try cutoffs(name, given, [5, 10, 20]) { $0.unjudgedShare($1) }
        case "iprec_at_recall":
            return try shares(name, given, JudgedRanking.elevenPoints) {
                $0.interpolatedPrecision(at: [$1])[0]
            }
        case "Rprec_mult":
            return try shares(name, given, [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2]) {
                $0.precisionAtRelevant(times: $1)
            }
        case "11pt_avg":
            let points = try given.map { text throws(Unknown) in try numbers(name, text).sorted() }
            return [
                TrecMeasure(label(name, given)) {
                    $0.interpolatedAverage(points ?? JudgedRanking.elevenPoints)
                }
            ]
        case "utility":
            let values = try given.map { text throws(Unknown) in try numbers(name, text) } ?? [1, -1, 0, 0]
            guard values.count == 4 else { throw Unknown(message: "'utility' takes four numbers") }
            return [TrecMeasure(label(name, given)) { $0.utility(values) }]
        case "set_F":
            let weight = try given.map { text throws(Unknown) in try numbers(name, text) }?.first ?? 1
            return [TrecMeasure(label(name, given)) { $0.setF(weight) }]
        case "ndcg", "ndcg_rel", "Rndcg":
            let gains =
                try given.map { text throws(Unknown) in try self.gains(name, text) }
                ?? JudgedRanking.Gains()
            return [
                TrecMeasure(label(name, given)) { ranking in
                    switch name {
                    case "ndcg": ranking.normalizedGain(.max, gains)
                    case "ndcg_rel": ranking.normalizedGainAtRelevant(gains)
                    default: ranking.normalizedGainAtSteps(gains)
                    }
                }
            ]
        case "relstring":
            guard let given else {
                return [TrecMeasure(name, .text, text: { $0.relevanceText(10) }) { _ in 0 }]
            }
            return try numbers(name, given).map { number in
                let length = Int(number)
                return TrecMeasure("\(name)_\(length)", .text, text: { $0.relevanceText(length) }) { _ in 0 }
            }
        default:
            throw Unknown(message: "unknown measure '\(name)'")
        }
    }

    private static func single(_ name: String) -> TrecMeasure? {
        switch name {
        case "num_q": TrecMeasure(name, .count) { _ in 1 }
        case "num_ret": TrecMeasure(name, .count) { Double($0.retrievedCount) }
        case "num_rel": TrecMeasure(name, .count) { Double($0.relevantCount) }
        case "num_rel_ret": TrecMeasure(name, .count) { Double($0.relevantRetrieved) }
        case "num_nonrel_judged_ret":
            TrecMeasure(name, .count) { ranking in
                Double(ranking.grades.indices.count { ranking.isIrrelevant($0) })
            }
        case "map": TrecMeasure(name) { $0.averagePrecision() }
        case "gm_map": TrecMeasure(name, .geometric) { $0.averagePrecision() }
        case "gm_bpref": TrecMeasure(name, .geometric) { $0.binaryPreference }
        case "Rprec": TrecMeasure(name) { $0.precisionAtRelevant }
        case "bpref": TrecMeasure(name) { $0.binaryPreference }
        case "recip_rank": TrecMeasure(name) { $0.reciprocalRank }
        case "infAP": TrecMeasure(name) { $0.inferredPrecision }
        case "binG": TrecMeasure(name) { $0.binaryGain }
        case "G": TrecMeasure(name) { $0.relativeGain }
        case "dcg": TrecMeasure(name) { $0.discountedGain() }
        case "ideal_dcg": TrecMeasure(name) { $0.idealDiscountedGain() }
        case "set_P": TrecMeasure(name) { $0.setPrecision }
        case "set_relative_P": TrecMeasure(name) { $0.setRelativePrecision }
        case "set_recall": TrecMeasure(name) { $0.setRecall }
        case "set_map": TrecMeasure(name) { $0.setAveragePrecision }
        case "rbp": TrecMeasure(name) { $0.rankBiasedPrecision() }
        case "rbp_resid": TrecMeasure(name) { $0.rankBiasedResidual() }
        default: nil
        }
    }

    private static func label(_ name: String, _ given: String?) -> String {
        given.map { name + "_" + $0 } ?? name
    }

    private static func cutoffs(
        _ name: String, _ given: String?, _ usual: [Int] = depths,
        _ value: @escaping @Sendable (JudgedRanking, Int) -> Double
    ) throws(Unknown) -> [TrecMeasure] {
        var cuts = usual
        if let given {
            cuts = try numbers(name, given).map { Int($0) }.sorted()
            guard cuts.allSatisfy({ $0 >= 1 }) else {
                throw Unknown(message: "'\(name)' is cut at ranks from 1")
            }
        }
        return cuts.map { cut in TrecMeasure("\(name)_\(cut)") { value($0, cut) } }
    }

    private static func shares(
        _ name: String, _ given: String?, _ usual: [Double],
        _ value: @escaping @Sendable (JudgedRanking, Double) -> Double
    ) throws(Unknown) -> [TrecMeasure] {
        let shares = try given.map { text throws(Unknown) in try numbers(name, text).sorted() } ?? usual
        return shares.map { share in TrecMeasure("\(name)_\(hundredths(share))") { value($0, share) } }
    }

    private static func hundredths(_ value: Double) -> String {
        let whole = Int((value * 100).rounded())
        return "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    }

    private static func numbers(_ name: String, _ text: String) throws(Unknown) -> [Double] {
        var numbers: [Double] = []
        for part in text.split(separator: ",") {
            let word = part.hasPrefix(".") ? "0" + part : String(part)
            guard let number = Double(word), abs(number) < 1e9 else {
                throw Unknown(message: "'\(part)' of '\(name)' is no number")
            }
            numbers.append(number)
        }
        guard !numbers.isEmpty else {
            throw Unknown(message: "'\(name)' lacks its parameters behind the point")
        }
        return numbers
    }

    private static func gains(_ name: String, _ text: String) throws(Unknown) -> JudgedRanking.Gains {
        var gains: [Int32: Double] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let grade = Int32(pair[0]), let gain = Double(pair[1]) else {
                throw Unknown(message: "'\(part)' of '\(name)' is not GRADE=GAIN")
            }
            gains[grade] = gain
        }
        return JudgedRanking.Gains(gains)
    }
}

extension JudgedRanking {
    /// The first grades as trec_eval writes them: a digit, `>` for more, `-` outside the pool, `.` in it and not judged.
    func relevanceText(_ length: Int) -> String {
        var text = "'"
        for grade in grades.prefix(length) {
            switch grade {
            case Self.outside: text += "-"
            case Self.unjudged: text += "."
            case 0...9: text += String(grade)
            default: text += ">"
            }
        }
        return text + "'"
    }
}
