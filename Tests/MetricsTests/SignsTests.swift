import Domain
import Notation
import Testing

@testable import Metrics

/// Texts that have no word: signs, emoji, nothing; and texts of odd kinds.
@Suite struct SignsTests {
    @Test(arguments: [
        ("jaccard", "👍", "👎", 0.0), ("jaccard", "👍", "👍", 1), ("jaccard", "?!", "?!", 1),
        ("jaccard", "?!", "...", 0),
        ("jaccard", "👍 👍", " 👍👍 ", 1), ("jaccard", "👍", "good", 0), ("jaccard", "", "👍", 0),
        ("jaccard", "", "", 1),
        ("token_f1", "?", "?", 1), ("token_f1", "👍", "👎", 0),
        ("token_f1", "the", "a", 1),
        ("exact_match", "?", "?", 1), ("exact_match", "👍", "👎", 0),
        ("exact_match", "", "", 1), ("sentence_bleu", "👍", "👎", 0),
        ("levenshtein_similarity", "👍", "👎", 0), ("sentence_ter", "👍", "👎", 1),
    ])
    func differentSignsAreDifferentTexts(
        _ name: String, _ said: String, _ wanted: String, _ score: Double
    ) throws {
        let measured = try measure(
            name, example: { $0.references = [wanted] }, answer: { $0.text = said })
        #expect(measured == .value(score), "\(name)")
    }

    /// The best of several references, of which one has no word.
    @Test func aReferenceOfSignsStandsBesideOthers() throws {
        for name in ["jaccard", "token_f1"] {
            let measured = try measure(
                name, example: { $0.references = ["!", "very good"] }, answer: { $0.text = "very good" })
            #expect(measured == .value(1), "\(name)")
        }
    }

    /// The Berkeley leaderboard's plain form: arguments as they are, where one of them is no list.
    @Test(arguments: [
        (#"{"book": {"seats": 2}}"#, 1.0), (#"{"book": {"seats": 3}}"#, 0),
        (#"{"book": {"seats": [2, 3]}}"#, 1),
    ])
    func expectedCallsMayStandPlain(_ expected: String, _ score: Double) throws {
        let wanted = try JSONValue.parse(expected)
        let measured = try measure(
            "tool_call_accuracy", example: { $0.expectedResult = wanted },
            answer: { $0.tools = [ToolCall(name: "book", arguments: ["seats": 2])] })
        #expect(measured == .value(score))
    }

    /// Two texts of half a million words: their edit rate would take hours.
    @Test(arguments: ["ter", "sentence_ter"]) func anEditRateThatWouldTakeHoursSaysSo(_ name: String) throws {
        let clock = ContinuousClock()
        var measured: Measurement?
        let took = try clock.measure {
            measured = try measure(
                name, example: { $0.references = [String(repeating: "a b ", count: 250_000)] },
                answer: { $0.text = String(repeating: "b ", count: 500_000) })
        }
        #expect(measured == .failed("the texts are too long to compare"))
        #expect(took < .seconds(30), "\(took)")
    }

    /// What was begun and cannot be ended in time has no number, not that of where it was left.
    @Test func anEditRateThatIsLeftHalfwayHasNoNumber() {
        let answer = (0..<300).map { UInt64($0 % 7) }
        let reference = (0..<300).map { UInt64($0 * $0 % 7) }
        #expect(EditRate.edits(answer, reference) != nil)
        #expect(EditRate.edits(answer, reference, mostWork: 20_000) == nil)
    }

    static let hostile: [(name: String, text: String)] = [
        ("empty", ""), ("spaces", " \n\t "), ("emoji", String(repeating: "👩‍👩‍👧‍👦🇩🇪", count: 50)),
        ("one long word", String(repeating: "a", count: 1 << 18)),
        ("many words", String(repeating: "lorem ipsum ", count: 20_000)),
        ("brackets", String(repeating: "[", count: 100_000)),
        ("braces", String(repeating: "{\"a\":", count: 50_000)),
        ("marks", "a" + String(repeating: "\u{301}", count: 100_000)),
        ("controls", "\u{0}\u{1}\u{FFFE}\u{FFFD}\u{10FFFF}"),
        ("tags", String(repeating: "<a>", count: 50_000)),
        ("quotes", String(repeating: "'\"`", count: 50_000)),
        ("selects", "select " + String(repeating: "(select ", count: 20_000)),
        ("points", String(repeating: ".", count: 200_000)),
        ("digits", String(repeating: "9", count: 100_000)),
    ]

    /// Whatever is said, every metric that needs no model gives a number, or says why it has none, within seconds.
    @Test(arguments: hostile.map(\.name))
    func everyMetricTakesHostileTexts(_ name: String) throws {
        let text = try #require(Self.hostile.first { $0.name == name }?.text)
        for family in MetricCatalogue.families {
            guard let worked = WorkedExample(family), let definition = try? worked.definition(),
                definition.models == nil
            else { continue }
            for swapped in [false, true] {
                let clock = ContinuousClock()
                var measured: Measurement?
                let took = clock.measure {
                    var example = Example(id: "e", query: "q")
                    example.references = [swapped ? text : "the answer"]
                    example.expectedResult = swapped ? .string(text) : nil
                    var answer = Answer(latencyMilliseconds: 100)
                    answer.text = swapped ? "the answer" : text
                    let seen = Observation(
                        example: "e", arm: .candidate, repetition: 0, outcome: .answered(answer))
                    var input = MeasureInput(example: example, observation: seen)
                    measured = definition.measured(&input)
                }
                #expect(took < .seconds(20), "\(family.name) took \(took)")
                if case .value(let value)? = measured {
                    #expect(value.isFinite, "\(family.name): \(value)")
                    if let low = definition.lowest { #expect(value >= low, "\(family.name): \(value)") }
                    if let high = definition.highest { #expect(value <= high, "\(family.name): \(value)") }
                }
            }
        }
    }
}
