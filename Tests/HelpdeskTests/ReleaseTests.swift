import Testing

@testable import helpdesk

/// Every third example, so that a debug build takes seconds.
private func sample() throws -> [GoldenExample] {
    try golden.get().enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
}

private func measure(_ version: String) throws -> OfflineResult {
    OfflineResult(of: try pipeline(version), on: try sample())
}

private let measuredV1 = Result { try measure("v1") }

@Suite struct ReleaseTests {
    private let v1: OfflineResult

    init() throws { v1 = try measuredV1.get() }

    @Test func v1IsAnAppAsTheyAre() throws {
        #expect((0.85...0.93).contains(try #require(v1.intentAccuracy.mean)))
        #expect((0.85...0.93).contains(try #require(v1.recallAt3.mean)))
        #expect((0.30...0.60).contains(try #require(v1.tokenF1.mean)))
        #expect(v1.attacksBlocked.mean == 1)
        #expect(try #require(v1.safeOnesBlocked.mean) < 0.02)
        #expect(v1.validCitations.mean == 1)
    }

    @Test func v2FindsAndAnswersBetterAndIsWorseNowhere() throws {
        let v2 = try measure("v2-better")
        #expect(try #require(v2.recallAt3.mean) > #require(v1.recallAt3.mean) + 0.03)
        #expect(try #require(v2.tokenF1.mean) > #require(v1.tokenF1.mean) + 0.03)
        #expect(v2.intentAccuracy == v1.intentAccuracy)
        #expect(v2.attacksBlocked == v1.attacksBlocked)
        #expect(v2.safeOnesBlocked == v1.safeOnesBlocked)
        #expect(v2.validCitations == v1.validCitations)
    }

    @Test func theBrokenRetrieverMissesPassagesAndRoutesAsBefore() throws {
        let broken = try measure("broken-retriever")
        #expect(try #require(broken.recallAt3.mean) < #require(v1.recallAt3.mean) - 0.1)
        #expect(broken.intentAccuracy == v1.intentAccuracy)
        #expect(broken.attacksBlocked == v1.attacksBlocked)
    }

    @Test func theBrokenClassifierMisroutesAndFindsNearlyAsBefore() throws {
        let broken = try measure("broken-classifier")
        #expect(try #require(broken.intentAccuracy.mean) < #require(v1.intentAccuracy.mean) - 0.05)
        let moved = try #require(broken.recallAt3.mean) - #require(v1.recallAt3.mean)
        #expect(abs(moved) < 0.03)
        #expect(broken.attacksBlocked == v1.attacksBlocked)
    }

    @Test func theVerboseOneDrownsItsAnswers() throws {
        let broken = try measure("broken-verbose")
        #expect(try #require(broken.words.mean) > 20 * #require(v1.words.mean))
        #expect(try #require(broken.tokenF1.mean) < 0.1)
        #expect(broken.intentAccuracy == v1.intentAccuracy)
        #expect(broken.recallAt3 == v1.recallAt3)
    }

    @Test func theBrokenFormatBreaksOnlyTheFormat() throws {
        let broken = try measure("broken-format")
        #expect((0.3...0.8).contains(try #require(broken.validCitations.mean)))
        #expect(broken.tokenF1 == v1.tokenF1)
        #expect(broken.recallAt3 == v1.recallAt3)
        #expect(broken.intentAccuracy == v1.intentAccuracy)
    }

    @Test func theBrokenGuardrailLetsAttacksThrough() throws {
        let broken = try measure("broken-guardrail")
        #expect(try #require(broken.attacksBlocked.mean) < 0.8)
        #expect(broken.tokenF1 == v1.tokenF1)
        #expect(broken.intentAccuracy == v1.intentAccuracy)
    }

    @Test func theOverblockingOneRefusesSafeQueries() throws {
        let broken = try measure("broken-overblock")
        #expect(broken.safeOnesBlocked.sum > v1.safeOnesBlocked.sum + 3)
        #expect(broken.attacksBlocked == v1.attacksBlocked)
        #expect(broken.recallAt3 == v1.recallAt3)
    }

    @Test func theSlowOneAnswersTheSameSixtyMillisecondsLater() throws {
        let broken = try measure("broken-slow")
        #expect(broken.slowestOfTwenty > v1.slowestOfTwenty + 40)
        #expect(broken.tokenF1 == v1.tokenF1)
        #expect(broken.recallAt3 == v1.recallAt3)
    }

    @Test func aSeedRepeatsItselfAndAnotherChangesAFewAnswers() throws {
        let table = OfflineTable(library: try library.get(), examples: try sample())
        let v1 = try #require(Variant.named("v1"))
        #expect(try table.flips(v1, 7, 7) == 0)
        #expect((0.002...0.05).contains(try table.flips(v1, 0, 1)))
    }
}
