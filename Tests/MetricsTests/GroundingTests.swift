import Domain
import Metrics
import Notation
import Testing

/// Counted by hand, word by word.
@Suite struct GroundingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let text: String
        let value: Double?
        var query = "Who was he?"
        var documents = ["He was born in 1564 in Stratford. He wrote plays.", "Tea comes from China."]
        var testDescription: String { what }
    }

    @Test(arguments: [
        Case(what: "all there", text: "He was born in 1564.", value: 1),
        Case(what: "half of it", text: "He was born in 1564. Nothing else matters.", value: 0.5),
        Case(what: "half the words", text: "He wrote long letters.", value: 0.5),
        Case(what: "a made-up number", text: "He was born in 1565.", value: 0),
        Case(what: "a made-up name", text: "He was born in London.", value: 0),
        Case(what: "one of two facts", text: "He was born in 1564 in London.", value: 5.0 / 6 / 2),
        Case(what: "a name of the question", text: "He was Bard.", value: 2.0 / 3, query: "Was he the Bard?"),
        Case(what: "a number of the question", text: "He was 52.", value: 2.0 / 3, query: "Was he 52?"),
        Case(what: "words of two chunks", text: "He wrote plays from China.", value: 3.0 / 5),
        Case(
            what: "grouping signs", text: "It has 1,200 seats.", value: 1,
            documents: ["It has 1200 seats; 1 200 seats."]),
        Case(what: "Chinese", text: "他生于1564年。他喝茶。", value: 0.5 + 1.0 / 6, documents: ["他生于1564年。"]),
        Case(what: "Arabic", text: "ولد في لندن. كتب المسرحيات.", value: 0.5, documents: ["كتب المسرحيات."]),
        Case(what: "Hindi", text: "वह लेखक था। वह राजा था।", value: 0.5 + 0.5 * 2 / 3, documents: ["वह लेखक था।"]),
        Case(what: "citations are no words", text: "He wrote plays [1][7].", value: 1),
        Case(what: "only signs", text: "… !", value: nil),
        Case(what: "empty", text: "", value: nil),
        Case(what: "nothing retrieved", text: "He was born.", value: nil, documents: []),
    ]) func supportIsTheBestByWords(each: Case) throws {
        let score = try measure(
            "groundedness", ["by": "words"], example: { $0.query = each.query },
            answer: {
                $0.text = each.text
                $0.documents = each.documents.map { RetrievedDocument(id: "d", text: $0) }
            })
        if let value = each.value {
            #expect(abs((score.number ?? -1) - value) < 1e-9, "\(score)")
        } else {
            #expect(score.isNotApplicable)
        }
    }

    @Test func meaningHelpsWhereWordsDoNot() throws {
        let model = MadeUpModel(texts: [
            "Water fell from above.": [4, 3], "It rained.": [1, 0], "Tea is hot.": [-1, 0],
        ])
        func score(_ parameter: JSONValue?) throws -> Double {
            try measure(
                "groundedness", parameter, model: model,
                answer: {
                    $0.text = "Water fell from above. It rained."
                    $0.documents = [RetrievedDocument(id: "d", text: "Tea is hot. It rained.")]
                }
            ).number ?? -1
        }
        #expect(abs(try score(nil) - 0.9) < 1e-6)
        #expect(abs(try score(["by": "meaning"]) - 0.9) < 1e-6)
        #expect(try score(["by": "words"]) == 0.5)
        #expect(try score(["threshold": 0.85]) == 0.5)
    }

    /// What words support wholly needs no vector.
    @Test func nothingIsAskedThatWordsTell() throws {
        let definition = try metric("groundedness")
        var answer = Answer(latencyMilliseconds: 1)
        answer.documents = [RetrievedDocument(id: "d", text: "It rained. Tea is hot.")]
        for (text, count) in [("It rained.", 0), ("It rained. Water fell.", 3)] {
            answer.text = text
            var input = MeasureInput(
                example: Example(id: "e", query: "q"),
                observation: Observation(
                    example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer)))
            #expect(definition.models?.requests(&input).count == count)
        }
    }

    struct Cite: Sendable, CustomTestStringConvertible {
        let text: String
        let accuracy: Double?
        let coverage: Double?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Cite(text: "It rained [1].", accuracy: 1, coverage: 1),
        Cite(text: "It rained. [1]", accuracy: 1, coverage: 1),
        Cite(text: "It rained [2].", accuracy: 0, coverage: 0),
        Cite(text: "It rained [1][2].", accuracy: 0.5, coverage: 1),
        Cite(text: "It rained [1, 2].", accuracy: 0.5, coverage: 1),
        Cite(text: "It rained [1-2].", accuracy: 0.5, coverage: 1),
        Cite(text: "It rained [9].", accuracy: 0, coverage: 0),
        Cite(text: "It rained [doc-a].", accuracy: 1, coverage: 1),
        Cite(text: "It rained [DOC-A].", accuracy: 1, coverage: 1),
        Cite(text: "It rained [doc-z].", accuracy: 0, coverage: 0),
        Cite(text: "It rained [source 1].", accuracy: 1, coverage: 1),
        Cite(text: "It rained [^1].", accuracy: 1, coverage: 1),
        Cite(text: "It rained【1†weather.pdf】.", accuracy: 1, coverage: 1),
        Cite(text: "It rained [weather.pdf].", accuracy: 1, coverage: 1),
        Cite(text: "It rained [sic].", accuracy: nil, coverage: 0),
        Cite(text: "It rained [1](http://x).", accuracy: nil, coverage: 0),
        Cite(text: "It rained [1]. Tea is hot.", accuracy: 1, coverage: 0.5),
        Cite(text: "It rained [1].\n[2]", accuracy: 0.5, coverage: 1),
        Cite(text: "", accuracy: nil, coverage: nil),
    ]) func citationsAreHeldAgainstWhatTheyName(each: Cite) throws {
        for (name, value) in [("citation_accuracy", each.accuracy), ("citation_coverage", each.coverage)] {
            let score = try measure(
                name, ["by": "words"],
                answer: {
                    $0.text = each.text
                    $0.documents = [
                        RetrievedDocument(id: "doc-a", text: "It rained.", source: "weather.pdf"),
                        RetrievedDocument(id: "doc-b", text: "Tea comes from far away."),
                        // Not cited, so that its text is not missed.
                        RetrievedDocument(id: "doc-c"),
                    ]
                })
            if let value {
                #expect(score == .value(value), "\(name): \(score)")
            } else {
                #expect(score.isNotApplicable, "\(name): \(score)")
            }
        }
    }

    @Test func aCitedDocumentWithoutItsTextIsFailed() throws {
        let score = try measure(
            "citation_accuracy", ["by": "words"],
            answer: {
                $0.text = "It rained [1]."
                $0.documents = [RetrievedDocument(id: "a")]
            })
        #expect(score.isFailed)
    }
}
