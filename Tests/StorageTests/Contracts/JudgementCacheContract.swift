import Domain
import Notation
import Storage
import Testing

/// What every cache of judgements does, whatever it is made of.
struct JudgementCacheContract {
    enum Kind: CaseIterable, Sendable {
        case memory, sqlite

        func make() throws -> (folder: TemporaryFolder?, cache: any JudgementCache) {
            switch self {
            case .memory: return (nil, MemoryJudgementCache())
            case .sqlite:
                let folder = try TemporaryFolder()
                return (folder, try SQLiteJudgementCache(path: folder.file("j.db"), now: 1_000_000))
            }
        }
    }

    private func key(_ number: Int, judge: String = "j", parser: Int = 1) -> JudgementKey {
        JudgementKey(judge: judge, question: "question \(number)", parser: parser)
    }

    private func reply(_ number: Int, kept: Bool = true) -> JudgeReply {
        var verdict = JSONObject()
        verdict["reason"] = .string("because \(number) \u{1F600} \"x\"\n")
        verdict["verdict"] = "yes"
        verdict["scores"] = .array([.integer(Int64(number)), .number(0.1), .null])
        return JudgeReply(
            verdict: verdict, reason: number % 2 == 0 ? "because \(number)" : nil,
            usage: number % 3 == 0 ? nil : Usage(inputTokens: number, outputTokens: 2, cost: 0.25),
            attempts: 1 + number % 2, model: number % 2 == 0 ? "m" : nil, milliseconds: 1.5, isKept: kept)
    }

    @Test(arguments: Kind.allCases)
    func whatIsKeptComesBackWholeInOrderAndMarked(kind: Kind) throws {
        let (_, cache) = try kind.make()
        try cache.keep((0..<200).map { (key($0), reply($0, kept: false)) })
        let found = try cache.judgements(of: [key(199), key(0), key(200), key(7), key(7)])
        #expect(found == [reply(199), reply(0), nil, reply(7), reply(7)])
        #expect(try cache.judgements(of: []).isEmpty)
        try cache.keep([])
    }

    @Test(arguments: Kind.allCases)
    func anotherJudgesQuestionsOrReadersAreNotGiven(kind: Kind) throws {
        let (_, cache) = try kind.make()
        try cache.keep([(key(1), reply(1))])
        #expect(
            try cache.judgements(of: [key(1, judge: "k"), key(2), key(1, parser: 2)]) == [nil, nil, nil])
    }

    @Test(arguments: Kind.allCases)
    func theLaterTakesThePlaceOfTheEarlier(kind: Kind) throws {
        let (_, cache) = try kind.make()
        for round in 0..<5 { try cache.keep([(key(1), reply(round))]) }
        #expect(try cache.judgements(of: [key(1)]) == [reply(4)])
    }
}
