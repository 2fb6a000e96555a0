import Domain
import Notation

/// What may be chosen for chrF.
struct ChrFOptions: Sendable {
    let rule: CharacterF

    static let words = "{ words: 0 to 4, lowercase: bool, whitespace: bool, beta: number }"

    init(_ request: MetricRequest, wordOrder: Int) throws(MetricProblem) {
        let options = try request.options(["words", "lowercase", "whitespace", "beta"])
        var rule = CharacterF()
        let words = try options.number("words", of: request.name, default: Double(wordOrder))
        guard let order = Int(exactly: words), (0...4).contains(order) else {
            throw MetricProblem("'words' of '\(request.name)' is a whole number from 0 to 4")
        }
        rule.wordOrder = order
        rule.beta = try options.number("beta", of: request.name, default: 2)
        guard rule.beta > 0 else { throw MetricProblem("'beta' of '\(request.name)' is above 0") }
        rule.lowercase = try options.flag("lowercase", of: request.name, default: false)
        rule.keepsSpace = try options.flag("whitespace", of: request.name, default: false)
        self.rule = rule
    }

    /// What makes two numbers comparable, in sacrebleu's manner.
    var signature: String {
        "Signature nrefs:var|case:\(rule.lowercase ? "lc" : "mixed")|eff:yes|nc:\(rule.order)|nw:\(rule.wordOrder)"
            + "|space:\(rule.keepsSpace ? "yes" : "no"), beta \(rule.beta.formatted)."
    }

    static func corpus(
        _ request: MetricRequest, _ family: MetricFamily, _ options: ChrFOptions
    ) -> MetricDefinition {
        let rule = options.rule
        return MetricDefinition(
            name: request.name, summary: family.summary, source: family.source + " " + options.signature,
            nature: .sums(rule.width, .share(.generation)) { sums in sums[1] > 0 ? rule.score(sums) : nil },
            whenAppFailed: .worst { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                return .values(rule.counts("", input.features.characterRuns(rule)))
            },
            measure: { input in
                if input.example.references.isEmpty { return .notExpected("reference") }
                guard let text = input.answer?.text else { return input.notShown("text") }
                return .values(rule.counts(text, input.features.characterRuns(rule)))
            })
    }
}

extension Double {
    /// Without a fraction where it has none.
    fileprivate var formatted: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
