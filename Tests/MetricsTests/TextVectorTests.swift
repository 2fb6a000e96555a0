import Domain
import Notation
import Testing
import Text

@testable import Metrics

/// Vectors of the field's own packages; see `Fixtures/SOURCE.md`.
@Suite struct TextVectorTests {
    /// sacrebleu's own tests: corpus and sentence BLEU with every tokeniser and smoothing.
    @Test func bleuGivesSacrebleusNumbers() throws {
        var checked = 0
        for row in try Fixtures.rows("bleu_chrf_ter.jsonl") where row["metric"] == "bleu" {
            let parameters = try #require(row["params"])
            var cut = BLEU.Cut()
            if let name = parameters["tokenize"]?.stringValue {
                cut.tokenizer = try #require(BLEUTokenizer(rawValue: name))
            }
            cut.lowercase = parameters["lowercase"]?.boolValue ?? false
            cut.order = parameters["max_ngram_order"]?.intValue ?? 4
            let smoothing = try #require(
                BLEU.Smoothing(rawValue: parameters["smooth_method"]?.stringValue ?? "exp"))
            let answers = try #require(row["hyp"]?.arrayValue).compactMap(\.stringValue)
            let streams = try #require(row["refs"]?.arrayValue).map {
                $0.arrayValue?.compactMap(\.stringValue) ?? []
            }
            var sums = [Double](repeating: 0, count: 2 + 2 * cut.order)
            for (index, answer) in answers.enumerated() {
                let references = streams.compactMap { index < $0.count ? $0[index] : nil }
                let counts = BLEU.Reference(references, cut).counts(answer)
                for place in counts.indices { sums[place] += counts[place] }
            }
            let score = BLEU.score(
                sums, smoothing: smoothing, value: parameters["smooth_value"]?.doubleValue,
                effectiveOrder: parameters["effective_order"]?.boolValue ?? false)
            let scale = row["scale"]?.doubleValue ?? 1
            let expected = try #require(row["expected"]?.doubleValue)
            let tolerance = try #require(row["tol"]?.doubleValue)
            #expect(abs(score * scale - expected) <= tolerance, "\(row)")
            checked += 1
        }
        #expect(checked == 38)
    }

    /// sacrebleu's own tests of chrF, with and without its smoothing.
    @Test func chrFGivesSacrebleusNumbers() throws {
        var checked = 0
        for row in try Fixtures.rows("bleu_chrf_ter.jsonl") where row["metric"] == "chrf" {
            let parameters = try #require(row["params"])
            var rule = CharacterF()
            rule.beta = try #require(parameters["beta"]?.doubleValue)
            rule.keepsSpace = parameters["whitespace"]?.boolValue ?? false
            rule.smoothsAll = parameters["eps_smoothing"] == true
            let answers = row["hyp"]?.arrayValue?.compactMap(\.stringValue) ?? [row["hyp"]?.stringValue ?? ""]
            let streams =
                row["refs"]?.arrayValue?.map { $0.arrayValue?.compactMap(\.stringValue) ?? [] } ?? []
            var sums = [Double](repeating: 0, count: rule.width)
            for (index, answer) in answers.enumerated() {
                let references = streams.compactMap { index < $0.count ? $0[index] : nil }
                let counts = rule.counts(answer, references.map { rule.reference($0) })
                for place in counts.indices { sums[place] += counts[place] }
            }
            let expected = try #require(row["expected"]?.doubleValue)
            let tolerance = try #require(row["tol"]?.doubleValue)
            let scale = row["scale"]?.doubleValue ?? 1
            #expect(abs(rule.score(sums) * scale - expected) <= tolerance, "\(row)")
            checked += 1
        }
        #expect(checked == 25)
    }

    /// sacrebleu's own tests of TER.
    @Test func terGivesSacrebleusNumbers() throws {
        var checked = 0
        for row in try Fixtures.rows("bleu_chrf_ter.jsonl") where row["metric"] == "ter" {
            let answers = try #require(row["hyp"]?.arrayValue).compactMap(\.stringValue)
            let streams = try #require(row["refs"]?.arrayValue).map {
                $0.arrayValue?.compactMap(\.stringValue) ?? []
            }
            let inputs = answers.enumerated().map { index, answer in
                sentence([
                    "references": .array(streams.map { .string($0[index]) }), "text": .string(answer),
                ])
            }
            let value = try #require(aggregate(metric("ter"), inputs))
            let expected = try #require(row["expected"]?.doubleValue)
            #expect(abs(value * 100 - expected) <= row["tol"]?.doubleValue ?? 0, "\(row)")
            checked += 1
        }
        #expect(checked == 7)
    }

    /// Texts that were made to be hard (shifts, Greek, Han, entities, one side empty), scored by sacrebleu 2.6.0.
    @Test func editRatesAndCharacterRunsAgreeWithSacrebleu() throws {
        var checked = 0
        for row in try Fixtures.rows("edits.jsonl") {
            for member in try #require(row["expected"]?.objectValue).members {
                let parts = member.key.split(separator: " ", maxSplits: 1).map(String.init)
                let parameter: JSONValue? = parts.count == 2 ? try JSONValue.parse(parts[1]) : .none
                let value = aggregate(try metric(parts[0], parameter), [sentence(row)])
                // Without a character in the references sacrebleu says 0, and we that there is no value.
                #expect(
                    abs((value ?? 0) * 100 - (member.value.doubleValue ?? -1)) < 1e-9,
                    "\(member.key) \(row)")
                checked += 1
            }
        }
        #expect(checked == 826)
    }

    /// rouge-score's own tests, among them numbers of the official perl ROUGE-1.5.5.
    @Test func rougeGivesRougeScoresNumbers() throws {
        var checked = 0
        for row in try Fixtures.rows("rouge.jsonl") {
            let cut: RougeCut = row["stemmer"] == true ? .stemmed : .ascii
            let reference = RougeTokens(try #require(row["target"]?.stringValue), cut)
            let answer = RougeTokens(try #require(row["prediction"]?.stringValue), cut)
            let score: Rouge.Score
            switch row["metric"]?.stringValue {
            case "rouge1":
                score = Rouge.Score(
                    hits: sharedCount(sorted: answer.unigrams, sorted: reference.unigrams),
                    answer: answer.unigrams.count, reference: reference.unigrams.count)
            case "rouge2":
                score = Rouge.Score(
                    hits: sharedCount(sorted: answer.bigrams, sorted: reference.bigrams),
                    answer: answer.bigrams.count, reference: reference.bigrams.count)
            case "rougeL":
                let hits = try #require(commonSubsequenceLength(answer.ordered, reference.ordered))
                score = Rouge.Score(
                    hits: hits, answer: answer.ordered.count, reference: reference.ordered.count)
            case "rougeLsum":
                let texts = (
                    try #require(row["prediction"]?.stringValue), try #require(row["target"]?.stringValue)
                )
                score = try #require(
                    RougeLsum.score(RougeLsum.lines(texts.0, cut), RougeLsum.lines(texts.1, cut)))
                // The metric itself takes another way where no text has lines.
                let measured = try measure(
                    "rouge_lsum", ["words": .string(cut.rawValue)], example: { $0.references = [texts.1] },
                    answer: { $0.text = texts.0 })
                let hasWords = !RougeLsum.lines(texts.1, cut).allSatisfy(\.isEmpty)
                #expect(measured.number == (hasWords ? score.f1 : nil), "\(row)")
            default: continue
            }
            let tolerance = try #require(row["tol"]?.doubleValue)
            #expect(abs(score.precision - (row["precision"]?.doubleValue ?? -1)) <= tolerance, "\(row)")
            #expect(abs(score.recall - (row["recall"]?.doubleValue ?? -1)) <= tolerance, "\(row)")
            #expect(abs(score.f1 - (row["fmeasure"]?.doubleValue ?? -1)) <= tolerance, "\(row)")
            checked += 1
        }
        #expect(checked == 24)
    }

    /// 77 sentences scored by sacrebleu 2.6.0: each by itself, and together with every option.
    @Test func bleuAgreesWithSacrebleuOnSentencesAndTheirCorpus() throws {
        let rows = try Fixtures.rows("overlap.jsonl")
        let inputs = rows.dropFirst().map(sentence)
        for (row, input) in zip(rows.dropFirst(), inputs) {
            let value = try #require(aggregate(metric("sentence_bleu"), [input]))
            #expect(abs(value * 100 - (row["sentence_bleu"]?.doubleValue ?? -1)) < 1e-9, "\(row)")
        }
        for member in try #require(rows[0]["corpus_bleu"]?.objectValue).members {
            let parts = member.key.split(separator: "/").map(String.init)
            let options: JSONValue = [
                "tokenize": .string(parts[0]), "smooth": .string(parts[1]),
                "lowercase": .bool(parts[2] == "1"),
            ]
            let value = try #require(aggregate(metric("bleu", options), inputs))
            #expect(abs(value * 100 - (member.value.doubleValue ?? -1)) < 1e-9, "\(member.key)")
        }
    }

    /// The same sentences scored by rouge-score 0.1.2, the best of several references.
    @Test(arguments: ["ascii", "stemmed"])
    func rougeAgreesWithRougeScore(_ words: String) throws {
        for row in try Fixtures.rows("overlap.jsonl").dropFirst() {
            let expected = try #require(row[words]?.arrayValue)
            for (index, name) in ["rouge_1", "rouge_2", "rouge_l"].enumerated() {
                let value = aggregate(try metric(name, ["words": .string(words)]), [sentence(row)])
                // Without a word in the references rouge-score says 0, and we that there is no value.
                #expect(abs((value ?? 0) - (expected[index].doubleValue ?? -1)) < 1e-12, "\(name) \(row)")
            }
        }
    }

    private func sentence(_ row: JSONValue) -> MeasureInput {
        var example = Example(id: "e", query: "q")
        example.references = row["references"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var answer = Answer(latencyMilliseconds: 1)
        answer.text = row["text"]?.stringValue
        return MeasureInput(
            example: example,
            observation: Observation(example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer))
        )
    }
}
