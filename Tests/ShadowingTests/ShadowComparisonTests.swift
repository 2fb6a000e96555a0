import Domain
import Notation
import Shadowing
import Statistics
import Testing

@Suite struct ShadowComparisonTests {
    private func side(
        text: String = "ok", intent: String? = nil, status: Int = 200, body: String? = nil,
        latency: Double? = 10,
        blocks: Bool? = nil, documents: [String]? = nil
    ) throws -> ShadowPair.Side {
        var answer = Answer(latencyMilliseconds: latency)
        answer.text = text
        answer.intent = intent
        answer.guardrail = blocks.map { GuardrailDecision(outcome: $0 ? .block : .allow) }
        answer.documents = documents.map { $0.map { RetrievedDocument(id: $0) } }
        answer.status = status
        return ShadowPair.Side(
            outcome: .answered(answer), status: status,
            body: try body.map { try JSONValue.parse(Array($0.utf8)) })
    }

    private func failed(
        _ kind: LiveFailure.Kind, _ detail: String? = nil, status: Int? = nil
    ) -> ShadowPair.Side {
        ShadowPair.Side(
            outcome: .failed(Failure(cause: .status, detail: "failed", status: status)), status: status,
            failure: LiveFailure(kind, detail))
    }

    private func compare(_ pairs: [ShadowPair], least: Int = 2) -> ShadowResult {
        var options = ShadowOptions()
        options.leastKeys = least
        var comparison = ShadowComparison(options)
        for pair in pairs { comparison.add(pair) }
        return comparison.result()
    }

    @Test func whatIsNotJoinedIsCountedByReason() throws {
        let ok = try side()
        let result = compare([
            ShadowPair(id: "1", key: "a", production: ok, candidate: ok),
            ShadowPair(id: "1", key: "a", production: ok, candidate: ok),
            ShadowPair(id: "2", key: "a", production: ok, candidate: nil),
            ShadowPair(id: "3", key: "b", production: ok, candidate: failed(.notSent, "queue full")),
            ShadowPair(id: "4", key: "b", production: ok, candidate: failed(.notSent, "queue full")),
            ShadowPair(id: "5", key: nil, production: ok, candidate: failed(.totalTimeout)),
            ShadowPair(id: "6", key: "c", production: failed(.clientGone), candidate: ok),
            ShadowPair(id: "7", key: "c", production: nil, candidate: ok),
        ])
        let join = result.join
        #expect(join.seen == 8)
        #expect(join.repeated == 1)
        #expect(join.notAsked == 1)
        #expect(join.candidateAlone == 1)
        #expect(join.chosen == 5)
        // A timeout is the candidate's own failure: joined. A copy never sent is not.
        #expect(join.joined == 2)
        #expect(join.keys == 2)
        #expect(join.keyless == 1)
        #expect(
            join.lost == [
                .init(words: "candidate not-sent: queue full", count: 2),
                .init(words: "production client-gone", count: 1),
            ])
        #expect(result.loses)
        #expect(result.findings.contains { $0.subject == .loss })
    }

    @Test func zeroMirroredIsAlarmed() throws {
        let result = compare([ShadowPair(id: "1", key: "a", production: try side(), candidate: nil)])
        #expect(result.findings.first?.subject == .nothingMirrored)
        #expect(result.findings.first?.gravity == .bad)
    }

    @Test func ratesAreOfKeysAndTestsExact() throws {
        // Four keys of one pair each: production fails for a, candidate for a, b and c.
        let ok = try side()
        let bad = failed(.serverStatus, status: 500)
        let result = compare([
            ShadowPair(id: "1", key: "a", production: bad, candidate: bad),
            ShadowPair(id: "2", key: "b", production: ok, candidate: bad),
            ShadowPair(id: "3", key: "c", production: ok, candidate: bad),
            ShadowPair(id: "4", key: "d", production: ok, candidate: ok),
        ])
        let errors = try #require(result.rates.first { $0.name == "errors" })
        #expect(errors.production.value == 0.25)
        #expect(errors.candidate.value == 0.75)
        #expect(errors.difference.value == 0.5)
        // Wilson 90 % of 1 of 4 by hand: (.25 + z²/8 ∓ z √(.1875/4 + z²/64)) / (1 + z²/4), z² = 2.705543.
        let interval = try #require(errors.production.interval)
        #expect(abs(interval.lower - 0.0579) < 5e-4)
        #expect(abs(interval.upper - 0.6438) < 5e-4)
        #expect(interval.method == "Wilson")
        #expect(try #require(errors.difference.interval).method.contains("Tango"))
        // Two keys one way, none the other: 2 · ¼.
        #expect(errors.test?.pValue == 0.5)
        #expect(errors.gained == 2)
        #expect(errors.lost == 0)
        // Of four keys too many resamples have no error in production: no ratio, rather than a wrong one.
        #expect(errors.relative == nil)
        let status = try #require(result.categories.first { $0.name == "status" })
        #expect(status.labels == ["200", "500"])
        #expect(status.cells == [[1, 2], [0, 1]])
    }

    @Test func theRelativeChangeIsTheRatioOfRates() throws {
        let ok = try side()
        let bad = failed(.serverStatus, status: 500)
        let pairs = (0..<40).map { number in
            ShadowPair(
                id: "r\(number)", key: "k\(number)", production: number < 10 ? bad : ok,
                candidate: number < 15 ? bad : ok)
        }
        let relative = try #require(compare(pairs).rates.first { $0.name == "errors" }?.relative)
        #expect(abs(relative.value - 0.5) < 1e-12)
        let interval = try #require(relative.interval)
        #expect(interval.lower > 0 && interval.lower < 0.5 && interval.upper > 0.5)
    }

    @Test func aKeyCountsOnceHoweverManyRequestsItHas() throws {
        var pairs: [ShadowPair] = []
        let ok = try side()
        let bad = failed(.serverStatus, status: 500)
        for number in 0..<8 {
            pairs.append(ShadowPair(id: "a\(number)", key: "a", production: ok, candidate: bad))
        }
        pairs.append(ShadowPair(id: "b", key: "b", production: ok, candidate: ok))
        let errors = try #require(compare(pairs).rates.first { $0.name == "errors" })
        #expect(errors.pairs == 9)
        #expect(errors.keys == 2)
        #expect(errors.candidate.value == 0.5)
        #expect(errors.test?.pValue == 1)
    }

    @Test func theStatusIsComparedBeforeTheBody() throws {
        let result = compare([
            ShadowPair(
                id: "1", key: "a", production: try side(body: #"{"a": 1}"#),
                candidate: try side(status: 201, body: #"{"b": 1}"#)),
            ShadowPair(
                id: "2", key: "b", production: try side(body: #"{"a": 1}"#),
                candidate: try side(body: #"{"a": 2}"#)),
        ])
        #expect(result.fieldPairs == 1)
        #expect(result.fields.map(\.path) == ["/a"])
        #expect(result.pairs.first { $0.id == "1" }?.reasons.first == "status 200 → 201")
    }

    @Test func worstPairsComeFirst() throws {
        let result = compare([
            ShadowPair(id: "same", key: "a", production: try side(), candidate: try side()),
            ShadowPair(
                id: "words", key: "b", production: try side(text: "one two"),
                candidate: try side(text: "one three")),
            ShadowPair(id: "fails", key: "c", production: try side(), candidate: failed(.reset)),
            ShadowPair(
                id: "lets through", key: "d", production: try side(blocks: true),
                candidate: try side(blocks: false)),
            ShadowPair(
                id: "intent", key: "e", production: try side(intent: "x"), candidate: try side(intent: "y")),
        ])
        #expect(result.pairs.map(\.id) == ["fails", "lets through", "intent", "words"])
        #expect(result.differing == 4)
    }

    @Test func retrievalIsComparedByOverlapAndRank() throws {
        let result = compare([
            ShadowPair(
                id: "1", key: "a", production: try side(documents: ["a", "b", "c"]),
                candidate: try side(documents: ["b", "a", "d"])),
            // Both found nothing: nothing to compare.
            ShadowPair(
                id: "2", key: "b", production: try side(documents: []), candidate: try side(documents: [])),
        ])
        let jaccard = try #require(result.overlaps.first { $0.name == "documents in common" })
        #expect(jaccard.pairs == 1)
        #expect(jaccard.candidate.value == 0.5)
        let ranking = try #require(result.overlaps.first { $0.name == "ranking of documents" })
        #expect(abs(ranking.candidate.value - 0.63) < 1e-12)
        #expect(ranking.noise == nil)
        #expect(ranking.candidate.gap == "1 keys are too few: 2 are needed")
    }

    @Test func theOrderOfReadingChangesNothing() {
        var traffic = Traffic(keys: 40, perKey: 2, seed: 3)
        traffic.change.errors = 0.2
        traffic.change.textNumber = true
        var options = ShadowOptions()
        options.shownPairs = 7
        func run(_ pairs: [ShadowPair]) -> ShadowResult {
            var comparison = ShadowComparison(options)
            for pair in pairs { comparison.add(pair) }
            return comparison.result()
        }
        let there = run(traffic.pairs())
        let back = run(traffic.pairs().reversed())
        #expect(there.pairs.map(\.id) == back.pairs.map(\.id))
        #expect(there.fields.map(\.path) == back.fields.map(\.path))
        #expect(there.fields.map(\.example) == back.fields.map(\.example))
        #expect(there.rates.map(\.candidate.value) == back.rates.map(\.candidate.value))
    }

    @Test func belowTheFloorNothingIsClaimed() {
        var traffic = Traffic(keys: 10, perKey: 1, seed: 3)
        traffic.change.textNumber = true
        traffic.change.errors = 1
        let result = traffic.result()
        #expect(result.findings.allSatisfy { $0.pValue == nil })
        #expect(result.findings.first?.subject == .fewKeys)
        #expect(!result.isEnough)
    }
}

@Suite struct TextLookTests {
    @Test(arguments: [
        ("", TextLook.Form.empty), ("plain words.", .plain), ("{\"a\": 1}", .json), ("<p>hi</p>", .html),
        ("- one\n- two", .list), ("1. one\n2) two", .list), ("• one\n• two", .list),
        ("# Head\ntext", .markdown),
        ("some **bold** text", .markdown), ("| a | b |\n|---|---|\n| 1 | 2 |", .table), ("#hashtag", .plain),
        ("3.5 litres\n4.5 litres", .plain),
    ])
    func formsAreTold(_ text: String, _ form: TextLook.Form) { #expect(TextLook(text).form == form) }

    @Test func habitsAreCounted() {
        let look = TextLook("## Hi 👩‍👩‍👧!\n\nSee [here](https://x). **Now**! 1️⃣ ©\n```\ncode\n```\nOk?")
        #expect(look.emoji == 2)
        #expect(look.headings == 1)
        #expect(look.links == 1)
        #expect(look.exclamations == 2)
        #expect(look.codeBlocks == 1)
        #expect(look.hasBold)
        #expect(look.endsWithQuestion)
    }

    @Test func likenessIsTheF1OfWords() {
        // Two of two and three words in common: 2 · 2 / (2 + 3).
        #expect(wordLikeness("red house", "red house roof") == 0.8)
        #expect(wordLikeness("", "") == 1)
        #expect(wordLikeness("a b", "") == 0)
    }
}
